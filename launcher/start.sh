# shellcheck shell=sh
# How the JVM is started, for gcrsync in a checkout and for the packaged one, which source this file.

# Serial: copying is bound by sockets and SHA-256, where the collectors differ little, and it starts fastest. The first heap
# is fixed so that memory use does not grow with the machine. No /tmp/hsperfdata. What the JVM itself has to say goes to
# standard error, except that a start-up cache is unusable: it starts all the same.
jvm_options='-XX:+UseSerialGC -Xms64m -Xmx512m -XX:-UsePerfData
    -XX:+DisplayVMOutputToStderr -Xlog:disable -Xlog:all=warning:stderr -Xlog:aot*=off:stderr -Xlog:cds*=off:stderr'

# C2 begins a hundred times later than it would, and not by what the rehearsal taught: on two cores it takes as long as the
# copying. Only hashing and ciphers, which are slow without its intrinsics, get to it as soon as ever; they need no profiles,
# so C1 makes none (C1UpdateMethodData), which is a fifth of all a run costs. Native access is for the terminal's size.
run_options="$jvm_options -XX:+UnlockDiagnosticVMOptions -XX:-AOTReplayTraining -XX:-C1UpdateMethodData
    -XX:Tier4InvocationThreshold=500000 -XX:Tier4MinInvocationThreshold=60000 -XX:Tier4CompileThreshold=1500000
    -XX:Tier4BackEdgeThreshold=4000000 -XX:CompileCommand=quiet
    -XX:CompileCommand=CompileThresholdScaling,sun.security.provider.DigestBase::*,0.01
    -XX:CompileCommand=CompileThresholdScaling,sun.security.provider.SHA*::*,0.01
    -XX:CompileCommand=CompileThresholdScaling,com.sun.crypto.provider.*::*,0.01
    --enable-native-access=ALL-UNNAMED"

# What is printed from a file needs no more than a few classes.
is_quick_answer() {
    case $#/${1:-}/${2:-} in
    1/--version/ | 1/-V/ | 1/--help/ | 1/-h/ | 2/*/--help | 2/*/-h) ;;
    *) return 1 ;;
    esac
}

# Java takes the names of files to be in the locale's encoding. Where there is no locale, as under cron, or it is not installed,
# that would be ASCII, and no other name could be read or written; they are UTF-8. What a terminal can show is another question.
use_utf8_names() {
    case ${LC_ALL:-${LC_CTYPE:-${LANG:-C}}} in
    C | POSIX) export GCRSYNC_LOCALE=C ;;
    C.*) return 0 ;;
    *[Uu][Tt][Ff]8 | *[Uu][Tt][Ff]-8) [ "$(locale charmap 2>/dev/null)" = ANSI_X3.4-1968 ] || return 0 ;;
    *) return 0 ;;
    esac
    export LC_ALL=C.UTF-8
}

# Help is wrapped at the terminal's width, which is known here at less cost than in Java.
find_columns() {
    case " $* " in
    *' --help '* | *' -h '* | *' help '*) ;;
    *) return 0 ;;
    esac
    if [ -t 1 ] && { size=$(stty size <&3 2>/dev/null); } 3>&1; then
        export COLUMNS="${size#* }"
    else
        unset COLUMNS # of the shell's terminal, to which help does not go
    fi
}

# become_program JAVA CLASS_PATH CACHE_OPTION ARGUMENTS: CACHE_OPTION names a start-up cache; empty for none.
become_program() {
    java=$1 class_path=$2 cache_option=$3
    shift 3
    if is_quick_answer "$@"; then run_options="$jvm_options -XX:TieredStopAtLevel=1"; else use_utf8_names; fi
    find_columns "$@"
    set -f # the options are split into words, not taken for file names
    # shellcheck disable=SC2086
    set -- $run_options ${cache_option:+"$cache_option"} ${GCRSYNC_JAVA_OPTIONS:-} -cp "$class_path" io.github.gcrsync.cli.Main "$@"
    exec "$java" "$@"
}

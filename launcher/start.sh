# shellcheck shell=sh
# Starts the JVM; sourced by the gcrsync script of a checkout and by the packaged one.

# Serial collector: copying is limited by sockets and SHA-256, where collectors differ little, and this one starts
# fastest. The initial heap is fixed so that memory use does not grow with the machine; a usual run stays in 30 MiB. No
# /tmp/hsperfdata. JVM messages go to standard error, except warnings about an unusable start-up cache, which is harmless.
jvm_options='-XX:+UseSerialGC -Xms24m -Xmx512m -XX:-UsePerfData
    -XX:+DisplayVMOutputToStderr -Xlog:disable -Xlog:all=warning:stderr -Xlog:aot*=off:stderr -Xlog:cds*=off:stderr'

# C2 starts a hundred times later than by default, and without the profiles of the training run: on two cores it would
# take as long as the copying. Only hashing and ciphers, which are slow without its intrinsics, are compiled as early as
# possible; they need no profiles, so C1 collects none (C1UpdateMethodData), which saves a fifth of the cost of a run.
# C1 inlines less than by default, because most code runs only for a few seconds: large blobs take 8 % less CPU.
# Native access is for the terminal's size.
run_options="$jvm_options -XX:+UnlockDiagnosticVMOptions -XX:-AOTReplayTraining -XX:-C1UpdateMethodData
    -XX:Tier4InvocationThreshold=500000 -XX:Tier4MinInvocationThreshold=60000 -XX:Tier4CompileThreshold=1500000
    -XX:Tier4BackEdgeThreshold=4000000 -XX:C1MaxInlineSize=15 -XX:C1MaxInlineLevel=3 -XX:CompileCommand=quiet
    --enable-native-access=ALL-UNNAMED"

# Without patterns, which the JVM would compare with the name of every method that runs: 3 % of the CPU of a run. Of the digests,
# only what hashes many blocks at a time: for short texts, C2 would take longer than they do.
for each in sun.security.provider.DigestBase \
    com.sun.crypto.provider.AESCrypt com.sun.crypto.provider.ChaCha20Cipher com.sun.crypto.provider.Poly1305 \
    com.sun.crypto.provider.CounterMode com.sun.crypto.provider.GCTR com.sun.crypto.provider.GHASH \
    com.sun.crypto.provider.GaloisCounterMode 'com.sun.crypto.provider.GaloisCounterMode$GCMEngine' \
    'com.sun.crypto.provider.GaloisCounterMode$GCMEncrypt' 'com.sun.crypto.provider.GaloisCounterMode$GCMDecrypt'; do
    run_options="$run_options -XX:CompileCommand=CompileThresholdScaling,$each::*,0.01"
done

# Text printed from a file needs only a few classes.
is_quick_answer() {
    case $#/${1:-}/${2:-} in
    1/--version/ | 1/-V/ | 1/--help/ | 1/-h/ | 2/*/--help | 2/*/-h) ;;
    *) return 1 ;;
    esac
}

# Java assumes that file names are in the locale's encoding. Without a locale, as under cron, or if it is not installed,
# that would be ASCII, and other names could be neither read nor written; so use UTF-8. GCRSYNC_LOCALE passes on what
# the terminal can show.
use_utf8_names() {
    case ${LC_ALL:-${LC_CTYPE:-${LANG:-C}}} in
    C | POSIX) export GCRSYNC_LOCALE=C ;;
    C.*) return 0 ;;
    *[Uu][Tt][Ff]8 | *[Uu][Tt][Ff]-8) [ "$(locale charmap 2>/dev/null)" = ANSI_X3.4-1968 ] || return 0 ;;
    *) return 0 ;;
    esac
    export LC_ALL=C.UTF-8
}

# Help is wrapped at the terminal's width, which costs less to find out here than in Java.
find_columns() {
    case " $* " in
    *' --help '* | *' -h '* | *' help '*) ;;
    *) return 0 ;;
    esac
    if [ -t 1 ] && { size=$(stty size <&3 2>/dev/null); } 3>&1; then
        export COLUMNS="${size#* }"
    else
        unset COLUMNS # help does not go to the shell's terminal
    fi
}

# The server, its workers and the metrics need further libraries, which other runs would only keep open. A cache stays valid if jars
# are appended.
needs_server_libraries() {
    case " $* ${GCRSYNC_METRICS_FILE:+--metrics-file} " in
    *' server '* | *' worker '* | *' config '* | *' --metrics-file'*) ;;
    *) return 1 ;;
    esac
}

# become_program JAVA LIBRARIES CLASS_PATH CACHE_OPTION ARGUMENTS: replaces this process by the program. LIBRARIES is the
# folder of the jars; CACHE_OPTION selects a start-up cache; may be empty.
become_program() {
    java=$1 libraries=$2 class_path=$3 cache_option=$4
    shift 4
    if needs_server_libraries "$@"; then class_path="$class_path:$libraries/server/*"; fi
    if is_quick_answer "$@"; then run_options="$jvm_options -XX:TieredStopAtLevel=1"; else use_utf8_names; fi
    find_columns "$@"
    set -f # split the options into words without expanding file names
    # shellcheck disable=SC2086
    set -- $run_options ${cache_option:+"$cache_option"} ${GCRSYNC_JAVA_OPTIONS:-} -cp "$class_path" io.github.gcrsync.cli.Main "$@"
    exec "$java" "$@"
}

# shellcheck shell=sh disable=SC2034,SC2154 # variables given to and taken by the scripts that source this
# Shared by gcrsync, package and test, which set root (the checkout) and source this file: finds a JDK, runs Maven on it.

wanted_release=25

# Where Maven runs: in the checkout, unless compile was given a copy of it.
sources=$root

# find_jdk PROGRAM: sets jdk (its home) and jdk_version to a JDK that is new enough and has bin/PROGRAM (java to run,
# javac to build), from JAVA_HOME, PATH or /usr/lib/jvm, in this order. What is too old is passed over.
find_jdk() {
    if [ -n "${JAVA_HOME:-}" ] && is_jdk "$JAVA_HOME" "$1"; then return 0; fi
    path_rest=${PATH:-}:
    while [ -n "$path_rest" ]; do
        path_folder=${path_rest%%:*}
        path_rest=${path_rest#*:}
        [ -x "$path_folder/$1" ] || continue
        program=$(readlink -f -- "$path_folder/$1") || continue
        if is_jdk "${program%/bin/*}" "$1"; then return 0; fi
    done
    for installed in /usr/lib/jvm/*; do
        if is_jdk "$installed" "$1"; then return 0; fi
    done
    return 1
}

# Reads the release file that every JDK carries: starting java to ask for its version would cost as much as a whole run.
is_jdk() {
    [ -x "$1/bin/java" ] && [ -x "$1/bin/$2" ] && [ -r "$1/release" ] || return 1
    release='' jdk_version=''
    while IFS='=' read -r key value || [ -n "$key" ]; do
        value=${value#\"}
        case $key in
        JAVA_VERSION) release=${value%%[!0-9]*} ;;
        JAVA_RUNTIME_VERSION) jdk_version=${value%\"*} ;;
        esac
    done <"$1/release"
    [ "${release:-0}" -ge "$wanted_release" ] || return 1
    case $1 in
    /*) jdk=$1 ;;
    *) jdk=$PWD/$1 ;;
    esac
}

# stop WORDS: the tool could not start.
stop() {
    printf '%s\n' "$*" >&2
    exit 3
}

stop_without_jdk() {
    stop "gcrsync needs JDK $wanted_release: install Temurin $wanted_release (https://adoptium.net) or a distribution's" \
        "openjdk-$wanted_release-jdk, or set JAVA_HOME"
}

# maven ARGS: runs Maven on the JDK that was found. Its downloads go where Maven keeps them for this user already; who has
# no such folder gets none, they stay in the checkout. ~/.mavenrc could name an older JDK, so it is not read.
maven() (
    cd "$sources" || exit
    if [ ! -d "${HOME:-}/.m2/repository" ]; then
        export MAVEN_USER_HOME="$root/.build/m2"
        set -- "-Dmaven.repo.local=$root/.build/m2/repository" "$@"
    fi
    export JAVA_HOME="$jdk" MAVEN_SKIP_RC=true
    exec ./mvnw -B --no-transfer-progress "$@" </dev/null
)

# compile SOURCES GOALS: makes the program's jars, in app/target of the checkout or of a copy of its sources.
compile() {
    sources=$1
    shift
    commit=$(git -C "$root" rev-parse --short=12 HEAD 2>/dev/null) || commit=unknown
    maven -q "-Dgcrsync.commit=$commit" -Dmaven.test.skip -Dspotless.check.skip -pl app -am package "$@" &&
        "$jdk/bin/java" "$root/launcher/RelinkOldClasses.java" "$sources"/app/target/lib/*.jar
}

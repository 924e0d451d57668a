# shellcheck shell=sh disable=SC2034,SC2154 # variables given to and taken by the scripts that source this
# Shared by gcrsync, package and test, which set root (the checkout) and source this file: finds a JDK and runs Maven
# with it.

wanted_release=25

# Maven runs in the checkout, or in the copy of it that was passed to compile.
sources=$root

# find_jdk PROGRAM: sets jdk (its home) and jdk_version to the first suitable JDK with bin/PROGRAM (java to run, javac
# to build) from JAVA_HOME, PATH and /usr/lib/jvm. Skips versions that are too old.
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

# Reads the release file of the JDK: running java -version would take as long as a whole run.
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

# stop WORDS: prints an error and exits with 3.
stop() {
    printf '%s\n' "$*" >&2
    exit 3
}

stop_without_jdk() {
    stop "gcrsync needs JDK $wanted_release: install Temurin $wanted_release (https://adoptium.net) or a distribution's" \
        "openjdk-$wanted_release-jdk, or set JAVA_HOME"
}

# maven ARGS: runs Maven with the JDK. Without ~/.m2/repository, downloads stay in the checkout, so that no such folder
# is created. Ignores ~/.mavenrc, which could name an older JDK.
maven() (
    cd "$sources" || exit
    if [ ! -d "${HOME:-}/.m2/repository" ]; then
        export MAVEN_USER_HOME="$root/.build/m2"
        set -- "-Dmaven.repo.local=$root/.build/m2/repository" "$@"
    fi
    export JAVA_HOME="$jdk" MAVEN_SKIP_RC=true
    exec ./mvnw -B --no-transfer-progress "$@" </dev/null
)

# compile SOURCES GOALS: builds the program's jars in app/target of the checkout or of a copy of its sources.
compile() {
    sources=$1
    shift
    commit=$(git -C "$root" rev-parse --short=12 HEAD 2>/dev/null) || commit=unknown
    maven -q "-Dgcrsync.commit=$commit" -Dmaven.test.skip -Dspotless.check.skip -pl app -am package "$@" &&
        "$jdk/bin/java" "$root/launcher/RelinkOldClasses.java" "$sources"/app/target/lib/*.jar
}

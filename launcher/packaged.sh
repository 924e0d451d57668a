#!/bin/sh
# Runs gcrsync on the Java runtime that comes with it; GCRSYNC_JAVA_OPTIONS adds options for the JVM.
set -eu

script=$0
if [ -h "$script" ]; then script=$(readlink -f -- "$script"); fi
home=$(CDPATH='' cd -- "${script%/*}/.." && pwd -P)
# shellcheck source=launcher/start.sh
. "$home/lib/start.sh"

# The cache knows the jars in this order only.
class_path=$(
    LC_ALL=C
    set -- "$home"/lib/*.jar
    IFS=:
    printf '%s' "$*"
)
become_program "$home/runtime/bin/java" "$class_path" "-XX:SharedArchiveFile=$home/lib/start.jsa" "$@"

#!/bin/sh
# Runs the packaged gcrsync with its own Java runtime; GCRSYNC_JAVA_OPTIONS adds options for the JVM.
set -eu

script=$0
if [ -h "$script" ]; then script=$(readlink -f -- "$script"); fi
home=$(CDPATH='' cd -- "${script%/*}/.." && pwd -P)
# shellcheck source=launcher/start.sh
. "$home/lib/start.sh"

# The cache is valid only for this order of jars.
class_path=$(
    LC_ALL=C
    set -- "$home"/lib/*.jar
    IFS=:
    printf '%s' "$*"
)
become_program "$home/runtime/bin/java" "$home/lib" "$class_path" "-XX:SharedArchiveFile=$home/lib/start.jsa" "$@"

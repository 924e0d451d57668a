package io.github.gcrsync.cli.wiring;

import io.github.gcrsync.content.Store;
import io.github.gcrsync.mirror.Mirror;
import io.github.gcrsync.rule.MirrorRule;

/** A mirror with its rule and its opened stores. */
public record OpenMirror(MirrorRule rule, Mirror mirror, Store source, Store destination) {}

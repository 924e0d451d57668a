package io.github.gcrsync.content;

/** A repository that can be read and written. */
public interface Repository extends ImageSource, ImageDestination {}

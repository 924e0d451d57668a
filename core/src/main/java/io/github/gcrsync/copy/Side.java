package io.github.gcrsync.copy;

/** One of the two stores of a copy. */
public enum Side {
    SOURCE,
    DESTINATION
}

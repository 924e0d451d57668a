package io.github.gcrsync.copy;

/** Which of the two stores of a copy. */
public enum Side {
    SOURCE,
    DESTINATION
}

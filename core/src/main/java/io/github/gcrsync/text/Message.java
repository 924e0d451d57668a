package io.github.gcrsync.text;

import java.util.Optional;

/** An error message for users: what happened and where, and the remedy if there is one. */
public record Message(String what, Optional<String> remedy) {
    public static Message of(String what) {
        return new Message(what, Optional.empty());
    }

    public static Message of(String what, String remedy) {
        return new Message(what, Optional.of(remedy));
    }

    /** Appends another remedy. */
    public Message and(Optional<String> more) {
        return more.isEmpty()
                ? this
                : of(what, remedy.map(first -> first + "; " + more.get()).orElseGet(more::get));
    }

    /** Replaces the description and keeps the remedy. */
    public Message saying(String other) {
        return new Message(other, remedy);
    }

    @Override
    public String toString() {
        return remedy.map(known -> what + "; " + known).orElse(what);
    }
}

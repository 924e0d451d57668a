package io.github.gcrsync.text;

import java.util.Optional;

/** A failure in words for a user: what happened and where, and what to do where somebody knows. */
public record Message(String what, Optional<String> remedy) {
    public static Message of(String what) {
        return new Message(what, Optional.empty());
    }

    public static Message of(String what, String remedy) {
        return new Message(what, Optional.of(remedy));
    }

    /** With one more remedy, behind the one there is. */
    public Message and(Optional<String> more) {
        return more.isEmpty()
                ? this
                : of(what, remedy.map(first -> first + "; " + more.get()).orElseGet(more::get));
    }

    /** The same remedy for other words. */
    public Message saying(String other) {
        return new Message(other, remedy);
    }

    @Override
    public String toString() {
        return remedy.map(known -> what + "; " + known).orElse(what);
    }
}

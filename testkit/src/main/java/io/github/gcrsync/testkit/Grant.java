package io.github.gcrsync.testkit;

import java.util.Set;

/**
 * The permissions of a bearer token.
 *
 * @param user empty for an anonymous token
 * @param scopes entries like {@code repository:library/pause:pull}
 * @param endsNanos on the clock of {@link System#nanoTime}
 */
record Grant(String user, Set<String> scopes, long endsNanos) {

    boolean current() {
        return System.nanoTime() - endsNanos < 0;
    }

    boolean allows(Set<String> needed) {
        return scopes.containsAll(needed);
    }
}

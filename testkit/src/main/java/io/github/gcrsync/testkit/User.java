package io.github.gcrsync.testkit;

/**
 * A user of a {@link TestRegistry}.
 *
 * @param mayPush whether the user gets tokens for push and delete
 */
public record User(String name, String password, boolean mayPush) {
    public User(String name, String password) {
        this(name, password, true);
    }
}

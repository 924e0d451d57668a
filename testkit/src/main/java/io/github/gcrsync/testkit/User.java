package io.github.gcrsync.testkit;

/**
 * Someone a {@link TestRegistry} knows.
 *
 * @param mayPush whether tokens for push and delete are granted
 */
public record User(String name, String password, boolean mayPush) {
    public User(String name, String password) {
        this(name, password, true);
    }
}

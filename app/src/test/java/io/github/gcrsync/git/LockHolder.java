package io.github.gcrsync.git;

import java.nio.file.Path;
import java.time.Duration;

/** Holds a lock until it is killed. */
final class LockHolder {
    private LockHolder() {}

    public static void main(String[] arguments) throws Exception {
        try (ProcessLock.Held held = new ProcessLock(Path.of(arguments[0]), Duration.ofSeconds(10)).acquire()) {
            System.out.println("held, after a death: " + held.afterDeath().isPresent());
            System.in.read();
        }
    }
}

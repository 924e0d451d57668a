package io.github.gcrsync.e2e;

import io.github.gcrsync.commands.Workplace;
import io.github.gcrsync.testkit.RegistryOptions;
import io.github.gcrsync.testkit.TestRegistry;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A test class with a workplace and two registries per test. */
abstract class BetweenRegistries {
    final TestRegistry source;
    final TestRegistry destination;

    @TempDir
    Path folder;

    Workplace workplace;

    /** The source lists like gcr.io, the destination like most registries. */
    BetweenRegistries() {
        this(TestRegistry.builder().gcrListing(true), TestRegistry.builder());
    }

    BetweenRegistries(RegistryOptions source, RegistryOptions destination) {
        this.source = source.start();
        this.destination = destination.start();
    }

    @BeforeEach
    final void moveIn() {
        workplace = new Workplace(folder);
    }

    @AfterEach
    final void closeRegistries() {
        source.close();
        destination.close();
    }
}

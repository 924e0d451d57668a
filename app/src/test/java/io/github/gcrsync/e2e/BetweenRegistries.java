package io.github.gcrsync.e2e;

import io.github.gcrsync.commands.Workplace;
import io.github.gcrsync.testkit.RegistryOptions;
import io.github.gcrsync.testkit.TestRegistry;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A test class whose tests have a workplace and two registries each. */
abstract class BetweenRegistries {
    final TestRegistry source;
    final TestRegistry destination;

    @TempDir
    Path folder;

    Workplace workplace;

    /** From a registry that lists as gcr.io does to one that lists as most do. */
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

package io.github.gcrsync.commands;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A test class whose tests have a stage each. */
public abstract class OnStage {
    @TempDir
    protected Path folder;

    protected Stage stage;

    /** Another one than usual, where a test class says so. */
    protected Stage open() {
        return new Stage(folder);
    }

    @BeforeEach
    final void openStage() {
        stage = open();
    }

    @AfterEach
    final void closeStage() {
        stage.close();
    }
}

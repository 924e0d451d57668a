package io.github.gcrsync.commands;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A test class with a stage per test. */
public abstract class OnStage {
    @TempDir
    protected Path folder;

    protected Stage stage;

    /** Override to use another stage. */
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

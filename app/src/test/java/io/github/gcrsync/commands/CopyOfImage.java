package io.github.gcrsync.commands;

import io.github.gcrsync.cli.Hurry;
import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A test class with an image in one registry, and another registry to copy it to. */
abstract class CopyOfImage {
    final TestRegistry source = TestRegistry.start();
    final TestRegistry destination = TestRegistry.start();

    @TempDir
    Path folder;

    Workplace place;
    final SampleImage image = SampleImages.multiPlatform(1);

    @BeforeEach
    final void offer() {
        place = new Workplace(folder).with(Hurry.TO_RETRY);
        source.put("team/app", "1.0", image);
    }

    @AfterEach
    final void close() {
        source.close();
        destination.close();
    }

    String from() {
        return source.host() + "/team/app:1.0";
    }

    String to(String image) {
        return destination.host() + "/" + image;
    }

    Result copy(String... arguments) {
        List<String> all = new ArrayList<>(List.of("copy"));
        all.addAll(List.of(arguments));
        return place.run(all.toArray(String[]::new));
    }
}

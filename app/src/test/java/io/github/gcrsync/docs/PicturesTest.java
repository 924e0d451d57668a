package io.github.gcrsync.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.commands.ChildCommand;
import io.github.gcrsync.commands.Stage;
import io.github.gcrsync.output.Browser;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.SampleLayer;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pictures of the README. {@code -Dgcrsync.update=true} draws them again. */
final class PicturesTest {
    private static final boolean UPDATE = Boolean.getBoolean("gcrsync.update");
    private static final Path DEMO = ProjectFiles.ROOT.resolve("docs/pictures/demo.svg");
    private static final Path REPORT = ProjectFiles.ROOT.resolve("docs/pictures/report.png");
    private static final int MOST_BYTES = 60_000;

    private static final int WIDTH = 960;
    private static final int HEIGHT = 720;

    @TempDir
    private Path folder;

    @Test
    void terminalShowsWhatTheDemoPrints() throws Exception {
        InProcess.Result demo;
        try (ChildCommand child = ChildCommand.start(folder.resolve("gcrsync"), Map.of(), List.of("demo"))) {
            demo = child.await();
        }
        String session = "$ ./gcrsync demo\n" + demo.out().replace(folder.toRealPath() + "/", "/home/me/");
        if (UPDATE) {
            Files.writeString(DEMO, TerminalPicture.draw("Output of gcrsync demo", session));
        }

        String picture = Files.readString(DEMO);
        assertThat(CommandsRunTest.lasting(TerminalPicture.session(picture)))
                .isEqualTo(CommandsRunTest.lasting(session));
        assertThat(picture).hasSizeLessThan(MOST_BYTES);
    }

    @Test
    void reportPageIsASmallPicture() throws IOException {
        if (UPDATE) {
            Files.write(REPORT, pictureOf(report()));
        }

        BufferedImage picture = ImageIO.read(REPORT.toFile());
        assertThat(picture.getWidth()).isEqualTo(WIDTH);
        assertThat(picture.getHeight()).isEqualTo(HEIGHT);
        assertThat(Files.size(REPORT)).isLessThan(MOST_BYTES);
    }

    /** Of a run in which one image fails, with the names of real registries in place of the test's. */
    private Path report() throws IOException {
        Path page = folder.resolve("report.html");
        try (Stage stage = new Stage(Files.createDirectories(folder.resolve("stage")))) {
            SampleLayer base = SampleImages.bigLayer(0, 4 << 20);
            for (String repository : List.of("coredns", "etcd", "kube-apiserver", "kube-proxy", "pause")) {
                for (int minor = 1; minor <= 6; minor++) {
                    SampleLayer top = SampleImages.bigLayer((repository + minor).hashCode(), minor << 20);
                    stage.source()
                            .put(
                                    Stage.NAMESPACE + "/" + repository,
                                    "v1." + minor,
                                    SampleImages.oci("linux/amd64", base, top));
                }
            }
            stage.offer("kube-addon-manager:v9.1", 1);
            stage.source()
                    .fault(Fault.on("GET", ".*/kube-addon-manager/manifests/.*")
                            .status(403, "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"not allowed\"}]}")
                            .always());
            stage.run("sync", "--report", page.toString(), "--processlimit", "4");
            String html = Files.readString(page)
                    .replace(stage.source().host() + "/" + Stage.NAMESPACE, "gcr.io/google-containers")
                    .replace(
                            "http://" + stage.source().host() + "/v2/" + Stage.NAMESPACE,
                            "https://gcr.io/v2/google-containers")
                    .replace(stage.source().host(), "gcr.io")
                    .replace(stage.destination().host() + "/" + Stage.MIRROR, "mirror.example.com");
            return Files.writeString(page, html);
        }
    }

    private byte[] pictureOf(Path page) throws IOException {
        try (Browser browser = Browser.start(Files.createDirectories(folder.resolve("browser")))) {
            browser.open(page, WIDTH, "light");
            return small(browser.picture(WIDTH, HEIGHT));
        }
    }

    /** The same picture in 32 levels of each colour, which takes a third less. */
    private static byte[] small(byte[] png) throws IOException {
        BufferedImage picture = ImageIO.read(new ByteArrayInputStream(png));
        BufferedImage small = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                int colour = picture.getRGB(x, y);
                small.setRGB(x, y, level(colour >> 16) << 16 | level(colour >> 8) << 8 | level(colour));
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(small, "png", out);
        return out.toByteArray();
    }

    private static int level(int colour) {
        return Math.round(Math.round((colour & 0xff) * 31 / 255f) * 255 / 31f);
    }
}

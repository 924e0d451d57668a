package gcrsync.faults;

import static org.assertj.core.api.Assertions.assertThat;

import gcrsync.cli.InProcess;
import gcrsync.cli.InProcess.Result;
import gcrsync.commands.ChildCommand;
import gcrsync.commands.MetadataFiles;
import gcrsync.testkit.Chaos;
import gcrsync.testkit.DockerRegistry;
import gcrsync.testkit.Exchange;
import gcrsync.testkit.Fault;
import gcrsync.testkit.FaultProxy;
import gcrsync.testkit.GitHttpServer;
import gcrsync.testkit.SampleImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One seed: a namespace, a run or two with faults, and a clean one that has to make all of it good. */
final class Round implements AutoCloseable {
    private static final Pattern DIGEST = Pattern.compile("digest=(sha256(?::|%3A)[0-9a-f]{64})");

    /** Many of the faults are seen only when it has passed. */
    private static final String IMPATIENT = "400ms";

    private final String namespace;
    private final SplittableRandom random;
    private final Path folder;
    private final GitHttpServer git;
    private final RandomNamespace content;
    private final Chaos atSource;
    private final Chaos atDestination;
    private final FaultProxy source;
    private final FaultProxy destination;
    private final Held held;
    private final MetadataFiles metadata;
    private final String metadataLocation;
    private final List<String> story = new ArrayList<>();

    /** @param git serves the folder {@code remotes} of the same folder */
    Round(long seed, Path folder, GitHttpServer git, DockerRegistry from, DockerRegistry to) {
        this.namespace = "s" + seed;
        this.random = new SplittableRandom(seed);
        this.folder = folder.resolve(namespace);
        this.git = git;
        this.content = new RandomNamespace(seed, random);
        content.putInto(from, namespace);
        double rate = List.of(0.01, 0.03, 0.1).get(random.nextInt(3));
        this.atSource = Chaos.seeded(seed, rate);
        this.atDestination = Chaos.seeded(~seed, rate);
        this.source = FaultProxy.inFrontOf(from.host(), atSource);
        this.destination = FaultProxy.inFrontOf(to.host(), atDestination);
        this.held = new Held(to.host());
        boolean remote = random.nextBoolean();
        Path repository = remote ? folder.resolve("remotes/" + namespace + ".git") : this.folder.resolve("metadata");
        this.metadata = remote ? MetadataFiles.bare(repository) : new MetadataFiles(repository);
        this.metadataLocation = remote ? git.url(namespace + ".git") : repository.toString();
    }

    void play() throws Exception {
        if (random.nextInt(4) == 0) {
            spoilThePush();
        }
        if (random.nextInt(8) == 0) {
            killed();
        }
        if (story.isEmpty() || random.nextInt(4) == 0) {
            faulty();
        }
        ledgerClaimsOnlyWhatIsThere();
        atSource.end();
        atDestination.end();
        git.clearFaults();
        clean();
        assertAllIsMirrored();
    }

    private void spoilThePush() {
        Fault fault = Fault.on("*", namespace + "\\.git/git-receive-pack$").times(1 + random.nextInt(3));
        git.fault(
                switch (random.nextInt(3)) {
                    case 0 -> fault.status(503);
                    case 1 -> fault.resetConnection();
                    default -> fault.cutAnswer();
                });
        story.add("push fault");
    }

    private void killed() throws InterruptedException {
        int requests = 1 + random.nextInt(60);
        story.add("killed at request " + requests);
        try (ChildCommand run = ChildCommand.start(folder, environment(), arguments(IMPATIENT))) {
            run.killOnce(() -> source.log().count() + destination.log().count() >= requests);
        }
    }

    private void faulty() {
        Result result = run(IMPATIENT);
        story.add("faulty run: " + result);
        assertThat(result.exitCode()).isIn(0, 1, 3);
        assertThat(result.err()).doesNotContain("\tat ", "Exception");
    }

    private void clean() throws Exception {
        Set<String> there = new TreeSet<>();
        Set<String> tagged = new TreeSet<>();
        for (Map.Entry<String, SampleImage> each : content.images().entrySet()) {
            there.addAll(held.blobs(repository(each.getKey()), each.getValue()));
            if (held.tag(repository(each.getKey()), tag(each.getKey()))
                    .equals(each.getValue().digest())) {
                tagged.add("/v2/" + repository(each.getKey()) + "/manifests/" + tag(each.getKey()));
            }
        }
        source.log().clear();
        destination.log().clear();

        Result result = run("10s");
        story.add("clean run: " + result);

        assertThat(result.exitCode()).isZero();
        for (Exchange exchange : destination.log().exchanges()) {
            Matcher digest = DIGEST.matcher(exchange.query());
            if (exchange.method().equals("PUT") && digest.find()) {
                String repository = exchange.path().replaceFirst("^/v2/(.*)/blobs/uploads/.*", "$1");
                assertThat(there)
                        .as("sent though it was there")
                        .doesNotContain(repository + " " + digest.group(1).replace("%3A", ":"));
            } else if (exchange.method().equals("PUT")) {
                assertThat(tagged).as("pushed though it was there").doesNotContain(exchange.path());
            }
        }
        List<String> fetched = source.log().exchanges().stream()
                .filter(exchange ->
                        exchange.method().equals("GET") && exchange.path().contains("/blobs/"))
                .map(exchange -> exchange.path().replaceFirst(".*/blobs/", ""))
                .toList();
        assertThat(fetched).as("each blob once").doesNotHaveDuplicates();
    }

    private void assertAllIsMirrored() throws Exception {
        Map<String, String> expected = new TreeMap<>();
        for (Map.Entry<String, SampleImage> each : content.images().entrySet()) {
            held.assertHolds(repository(each.getKey()), tag(each.getKey()), each.getValue());
            expected.put(each.getKey(), each.getValue().digest());
        }
        assertThat(ledger()).isEqualTo(expected);
        metadata.assertSound();
    }

    private void ledgerClaimsOnlyWhatIsThere() throws Exception {
        if (!Files.exists(metadata.path()) || metadata.git("for-each-ref").isBlank()) {
            return;
        }
        for (Map.Entry<String, String> each : ledger().entrySet()) {
            assertThat(held.tag(repository(each.getKey()), tag(each.getKey())))
                    .as("recorded: %s", each)
                    .isEqualTo(each.getValue());
        }
    }

    private Map<String, String> ledger() {
        Map<String, String> digests = new TreeMap<>();
        metadata.git("show", "HEAD:" + namespace + "/ImageDigests")
                .lines()
                .filter(line -> !line.startsWith("#"))
                .forEach(line -> {
                    String[] columns = line.split(" ", 3);
                    digests.put(columns[0], columns[1]);
                });
        return digests;
    }

    private Result run(String patience) {
        return InProcess.run(environment(), "", arguments(patience));
    }

    private Map<String, String> environment() {
        return Map.of(
                "XDG_STATE_HOME", folder.resolve("state").toString(),
                "XDG_CONFIG_HOME", folder.resolve("config").toString(),
                "DOCKER_CONFIG", folder.resolve("docker").toString());
    }

    private List<String> arguments(String patience) {
        return List.of(
                "sync",
                "--source=" + source.host(),
                "--namespace=" + namespace,
                "--destination=" + destination.host() + "/m/" + namespace,
                "--metadata=" + metadataLocation,
                "--checkpoint=2",
                "--processlimit=3",
                "--httptimeout=" + patience);
    }

    private String repository(String image) {
        return "m/" + namespace + "/" + image.replaceFirst(":.*", "");
    }

    private static String tag(String image) {
        return image.replaceFirst(".*:", "");
    }

    /** All that is needed to understand a failure; the seed is in the namespace's name. */
    @Override
    public String toString() {
        return "%s\n%s\nat the source: %s\nat the destination: %s\nof the last run: %s"
                .formatted(
                        namespace,
                        String.join("\n", story),
                        String.join("\n  ", atSource.done()),
                        String.join("\n  ", atDestination.done()),
                        destination.log());
    }

    @Override
    public void close() {
        source.close();
        destination.close();
        held.close();
    }
}

package io.github.gcrsync.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.Hurry;
import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.commands.ChildCommand;
import io.github.gcrsync.commands.MetadataFiles;
import io.github.gcrsync.testkit.Chaos;
import io.github.gcrsync.testkit.DockerRegistry;
import io.github.gcrsync.testkit.Exchange;
import io.github.gcrsync.testkit.FaultProxy;
import io.github.gcrsync.testkit.SampleImage;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One seed: a namespace, one or two runs with faults, and a clean run that must repair everything. Every third seed has
 * two destinations.
 */
final class Round implements AutoCloseable {
    private static final Pattern UPLOAD = Pattern.compile("^/v2/(.*)/blobs/uploads/.*");
    private static final Pattern DIGEST = Pattern.compile("(?:digest|mount)=(sha256(?::|%3A)[0-9a-f]{64})");

    /** Many faults are only noticed by this timeout. */
    private static final String IMPATIENT = "400ms";

    /** Long enough for a busy machine: a request that times out would be counted twice. */
    private static final String PATIENT = "2m";

    private final String namespace;
    private final SplittableRandom random;
    private final Servers servers;
    private final Path folder;
    private final RandomNamespace content;
    private final Chaos atSource;
    private final Chaos atGit;
    private final FaultProxy source;
    private final List<Place> places = new ArrayList<>();
    private final FaultProxy git;
    private final MetadataFiles metadata;
    private final String metadataLocation;
    private final List<String> story = new ArrayList<>();

    /**
     * Servers shared by all rounds.
     *
     * @param git host of a git server that serves the subfolder {@code remotes}
     */
    record Servers(
            Path folder,
            InstalledProgram program,
            DockerRegistry source,
            DockerRegistry destination,
            DockerRegistry second,
            URI git) {}

    /** A destination behind a proxy. */
    private record Place(FaultProxy proxy, Chaos chaos, Held held) {
        static Place of(DockerRegistry registry, Chaos chaos) {
            return new Place(FaultProxy.inFrontOf(registry.host(), chaos), chaos, new Held(registry.host()));
        }
    }

    Round(long seed, Servers servers) {
        this.namespace = "s" + seed;
        this.random = new SplittableRandom(seed);
        this.servers = servers;
        this.folder = servers.folder().resolve(namespace);
        this.content = new RandomNamespace(seed, random);
        content.putInto(servers.source(), namespace);
        double rate = List.of(0.01, 0.03, 0.1).get(random.nextInt(3));
        this.atSource = Chaos.seeded(seed, rate);
        // A run sends few requests to it, and each of them counts.
        this.atGit = Chaos.seeded(seed ^ 0x617, 3 * rate);
        this.source = FaultProxy.inFrontOf(servers.source().host(), atSource);
        places.add(Place.of(servers.destination(), Chaos.seeded(~seed, rate)));
        if (seed % 3 == 0) {
            places.add(Place.of(servers.second(), Chaos.seeded(~seed ^ 0x2d, rate)));
        }
        this.git = FaultProxy.inFrontOf(servers.git().getAuthority(), atGit);
        boolean remote = random.nextBoolean();
        Path repository =
                remote ? servers.folder().resolve("remotes/" + namespace + ".git") : this.folder.resolve("metadata");
        this.metadata = remote ? MetadataFiles.bare(repository) : new MetadataFiles(repository);
        this.metadataLocation = remote ? "http://" + git.host() + "/" + namespace + ".git" : repository.toString();
    }

    void play() throws Exception {
        int runs = random.nextInt(4) == 0 ? 2 : 1;
        for (int run = 0; run < runs; run++) {
            if (random.nextBoolean()) {
                killed();
            } else {
                faulty();
            }
            ledgerClaimsOnlyWhatIsThere();
        }
        atSource.end();
        places.forEach(place -> place.chaos().end());
        atGit.end();
        clean();
        assertAllIsMirrored();
    }

    /**
     * Kills at a request, or when the metadata repository has a number of files: the moment depends only on the seed.
     */
    private void killed() throws InterruptedException {
        int count = 1 + random.nextInt(80);
        boolean byFiles = random.nextInt(4) == 0;
        story.add("killed at " + (byFiles ? "metadata file " : "request ") + count);
        int before = requests();
        BooleanSupplier moment = byFiles ? () -> metadataFiles() >= count : () -> requests() - before >= count;
        try (ChildCommand run = start(IMPATIENT, Hurry.TO_GIVE_UP)) {
            run.killOnce(moment);
        }
    }

    private int requests() {
        return source.log().count()
                + places.stream().mapToInt(place -> place.proxy().log().count()).sum()
                + git.log().count();
    }

    private long metadataFiles() {
        try (Stream<Path> files = Files.walk(metadata.path())) {
            return files.count();
        } catch (IOException | java.io.UncheckedIOException e) {
            return 0; // Missing or being changed.
        }
    }

    private void faulty() throws InterruptedException {
        Result result = run(IMPATIENT, Hurry.TO_GIVE_UP);
        story.add("faulty run: " + result);
        assertThat(result.exitCode()).isIn(0, 1, 3);
        assertThat(result.err()).doesNotContain("\tat ", "Exception");
    }

    private void clean() throws Exception {
        Map<Place, Set<String>> there = new HashMap<>();
        for (Place place : places) {
            there.put(place, present(place.held()));
            place.proxy().log().clear();
        }
        source.log().clear();

        // A process for each run would take most of the suite's time.
        Result result =
                random.nextInt(8) == 0 ? run(PATIENT, Hurry.NONE) : InProcess.run(environment(), arguments(PATIENT));
        story.add("clean run: " + result);

        assertThat(result.exitCode()).isZero();
        Set<String> sent = new TreeSet<>();
        for (Place place : places) {
            sent.addAll(assertOnlyTheMissingMoved(place.proxy(), there.getOrDefault(place, Set.of())));
        }
        assertEachBlobReadOnce(sent);
    }

    private Set<String> present(Held held) throws Exception {
        Set<String> there = new TreeSet<>();
        for (Map.Entry<String, SampleImage> each : content.images().entrySet()) {
            there.addAll(held.blobs(repository(each.getKey()), each.getValue()));
            if (!held.tags(repository(each.getKey())).isEmpty()) {
                // In a repository without tags it is not looked up but put again, which is one request either way.
                there.addAll(held.manifests(repository(each.getKey()), each.getValue()));
            }
            if (held.tag(repository(each.getKey()), tag(each.getKey()))
                    .equals(each.getValue().digest())) {
                there.add(repository(each.getKey()) + " " + tag(each.getKey()));
            }
        }
        return there;
    }

    /**
     * Only blobs missing at the destination were transferred, each at most once per repository.
     *
     * @return the blobs that were sent
     */
    private Set<String> assertOnlyTheMissingMoved(FaultProxy destination, Set<String> there) {
        List<String> arrived = new ArrayList<>();
        Set<String> sent = new TreeSet<>();
        long bytesToSend = 0;
        for (Exchange exchange : destination.log().exchanges()) {
            Matcher upload = UPLOAD.matcher(exchange.path());
            Matcher digest = DIGEST.matcher(exchange.query());
            if (upload.matches() && exchange.status() == 201 && digest.find()) {
                String blob = digest.group(1).replace("%3A", ":");
                String place = upload.group(1) + " " + blob;
                if (exchange.method().equals("PUT")) {
                    arrived.add(place);
                    sent.add(blob);
                    bytesToSend += content.blobSize(blob);
                } else if (!there.contains(place)) {
                    arrived.add(place); // By mount, which for existing blobs is only a lookup.
                }
            } else if (exchange.method().equals("PUT")
                    && exchange.status() == 201
                    && exchange.path().contains("/manifests/")) {
                arrived.add(exchange.path().substring("/v2/".length()).replace("/manifests/", " "));
            }
        }
        assertThat(arrived).as("moved twice").doesNotHaveDuplicates();
        assertThat(arrived).as("moved though it was there").noneMatch(there::contains);
        assertThat(bytes(destination, "PUT", "/blobs/uploads/") + bytes(destination, "PATCH", "/blobs/uploads/"))
                .as("bytes sent")
                .isEqualTo(bytesToSend);
        return sent;
    }

    private void assertEachBlobReadOnce(Set<String> sent) {
        List<String> fetched = source.log().exchanges().stream()
                .filter(exchange ->
                        exchange.method().equals("GET") && exchange.path().contains("/blobs/"))
                .map(exchange -> exchange.path().replaceFirst(".*/blobs/", ""))
                .toList();
        assertThat(fetched).as("each blob once, and for sending").containsExactlyInAnyOrderElementsOf(sent);
        assertThat(source.log().exchanges().stream()
                        .filter(exchange -> exchange.path().contains("/blobs/"))
                        .mapToLong(Exchange::responseBytes)
                        .sum())
                .as("bytes read")
                .isEqualTo(sent.stream().mapToLong(content::blobSize).sum());
    }

    private static long bytes(FaultProxy at, String method, String path) {
        return at.log().exchanges().stream()
                .filter(exchange ->
                        exchange.method().equals(method) && exchange.path().contains(path))
                .mapToLong(Exchange::requestBytes)
                .sum();
    }

    private void assertAllIsMirrored() throws Exception {
        Map<String, String> expected = new TreeMap<>();
        content.images().forEach((name, image) -> expected.put(name, image.digest()));
        for (Place place : places) {
            for (Map.Entry<String, SampleImage> each : content.images().entrySet()) {
                place.held().assertHolds(repository(each.getKey()), tag(each.getKey()), each.getValue());
            }
            assertThat(ledger(place)).as("the ledger and the source").isEqualTo(expected);
            Set<String> tags = new TreeSet<>();
            for (String repository : content.repositories()) {
                place.held().tags("m/" + namespace + "/" + repository).forEach(tag -> tags.add(repository + ":" + tag));
            }
            assertThat(tags)
                    .as("the destination and the ledger")
                    .isEqualTo(ledger(place).keySet());
        }
        metadata.assertSound();
    }

    private void ledgerClaimsOnlyWhatIsThere() throws Exception {
        if (!Files.exists(metadata.path())
                || !isRepository()
                || metadata.git("for-each-ref").isBlank()) {
            return;
        }
        for (Place place : places) {
            for (Map.Entry<String, String> each : ledger(place).entrySet()) {
                assertThat(place.held().tag(repository(each.getKey()), tag(each.getKey())))
                        .as("recorded: %s", each)
                        .isEqualTo(each.getValue());
            }
        }
    }

    /** A run killed while it created the repository leaves something that git does not recognize yet. */
    private boolean isRepository() {
        return Files.exists(metadata.path().resolve("HEAD"))
                || Files.exists(metadata.path().resolve(".git/HEAD"));
    }

    /** The file whose second line names the destination. */
    private Map<String, String> ledger(Place place) {
        Map<String, String> digests = new TreeMap<>();
        List<List<String>> files = metadata.git("ls-tree", "--name-only", "HEAD", namespace + "/")
                .lines()
                .filter(file -> file.contains("/ImageDigests"))
                .map(file -> metadata.git("show", "HEAD:" + file).lines().toList())
                .filter(lines ->
                        lines.get(1).equals("# destination " + place.proxy().host() + "/m/" + namespace))
                .toList();
        assertThat(files).as("one file for each destination").hasSizeLessThan(2);
        files.stream()
                .flatMap(List::stream)
                .filter(line -> !line.startsWith("#"))
                .forEach(line -> {
                    String[] columns = line.split(" ", 3);
                    digests.put(columns[0], columns[1]);
                });
        return digests;
    }

    private Result run(String patience, Hurry hurry) throws InterruptedException {
        try (ChildCommand run = start(patience, hurry)) {
            return run.await();
        }
    }

    private ChildCommand start(String patience, Hurry hurry) {
        return ChildCommand.start(folder, environment(), servers.program().command(hurry), arguments(patience));
    }

    private Map<String, String> environment() {
        return Map.of(
                "XDG_STATE_HOME", servers.folder().resolve("state").toString(),
                "XDG_CONFIG_HOME", servers.folder().resolve("config").toString(),
                "DOCKER_CONFIG", servers.folder().resolve("docker").toString());
    }

    private List<String> arguments(String patience) {
        List<String> arguments = new ArrayList<>(List.of(
                "sync",
                "--source=" + source.host(),
                "--namespace=" + namespace,
                "--metadata=" + metadataLocation,
                "--checkpoint=2",
                "--processlimit=3",
                "--httptimeout=" + patience));
        places.forEach(place -> arguments.add("--destination=" + place.proxy().host() + "/m/" + namespace));
        return arguments;
    }

    private String repository(String image) {
        return "m/" + namespace + "/" + image.replaceFirst(":.*", "");
    }

    private static String tag(String image) {
        return image.replaceFirst(".*:", "");
    }

    /** Everything needed to understand a failure; the seed is in the namespace's name. */
    @Override
    public String toString() {
        return "%s\n%s\nat the source: %s\nat the destination: %s\nat the git server: %s\nof the last run: %s%s"
                .formatted(
                        namespace,
                        String.join("\n", story),
                        String.join("\n  ", atSource.done()),
                        places.stream()
                                .map(place -> String.join("\n  ", place.chaos().done()))
                                .toList(),
                        String.join("\n  ", atGit.done()),
                        places.stream().map(place -> place.proxy().log()).toList(),
                        git.log());
    }

    @Override
    public void close() {
        source.close();
        git.close();
        places.forEach(place -> {
            place.proxy().close();
            place.held().close();
        });
    }
}

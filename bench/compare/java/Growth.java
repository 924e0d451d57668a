import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.gcrsync.git.MetadataRepository;
import io.github.gcrsync.git.MetadataSettings;
import io.github.gcrsync.ledger.Attributes;
import io.github.gcrsync.ledger.Entry;
import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A namespace too large to be stored: a source that lists it as gcr.io does but has no manifests, and a ledger that records
 * all of it. Arguments: repositories, tags of each, and for a ledger the folder of the metadata repository to make and the
 * destination that it is for. Prints HOST:PORT; each line on standard input is answered with the requests since the last one.
 */
final class Growth {
    private static final String NAMESPACE = "bench";
    private static final int MOST_TAGS = 100_000;

    public static void main(String[] arguments) throws IOException {
        int repositories = Integer.parseInt(arguments[0]);
        int tags = Integer.parseInt(arguments[1]);
        AtomicInteger requests = new AtomicInteger();
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 1024);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            requests.incrementAndGet();
            answer(exchange, repositories, tags);
        });
        server.start();
        String host = "127.0.0.1:" + server.getAddress().getPort();
        if (arguments.length > 2) {
            fill(repositories, tags, host, Path.of(arguments[2]), arguments[3]);
        }
        System.out.println(host);
        while (System.in.read() >= 0) {
            System.out.println(requests.getAndSet(0));
        }
        System.exit(0);
    }

    private static void answer(HttpExchange exchange, int repositories, int tags) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String root = "/v2/" + NAMESPACE + "/";
        String body;
        if (path.equals(root + "tags/list")) {
            body = namespace(repositories);
        } else if (path.startsWith(root + "r") && path.endsWith("/tags/list")) {
            body = repository(Integer.parseInt(path.substring(root.length() + 1, path.length() - "/tags/list".length())), tags);
        } else {
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
            return;
        }
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, bytes.length);
        try (exchange;
                var out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    private static String namespace(int repositories) {
        StringBuilder json = new StringBuilder("{\"child\":[");
        for (int i = 0; i < repositories; i++) {
            json.append(i == 0 ? "\"r" : ",\"r").append(i).append('"');
        }
        return json.append("],\"manifest\":{},\"name\":\"" + NAMESPACE + "\",\"tags\":[]}").toString();
    }

    private static String repository(int number, int tagCount) {
        StringBuilder json = new StringBuilder("{\"child\":[],\"manifest\":{");
        StringBuilder tags = new StringBuilder();
        for (int i = 0; i < tagCount; i++) {
            String tag = "\"v" + i + '"';
            json.append(i == 0 ? "\"" : ",\"")
                    .append(digest(number, i))
                    .append("\":{\"imageSizeBytes\":\"31415926\",\"layerId\":\"\",\"mediaType\":")
                    .append("\"application/vnd.docker.distribution.manifest.v2+json\",\"tag\":[")
                    .append(tag)
                    .append("],\"timeCreatedMs\":\"1514764800000\",\"timeUploadedMs\":\"1514764800000\"}");
            tags.append(i == 0 ? "" : ",").append(tag);
        }
        return json.append("},\"name\":\"" + NAMESPACE + "/r" + number + "\",\"tags\":[" + tags + "]}")
                .toString();
    }

    static String digest(int repository, int tag) {
        byte[] hash = new byte[32];
        new SplittableRandom(31L * repository * MOST_TAGS + tag).nextBytes(hash);
        return "sha256:" + HexFormat.of().formatHex(hash);
    }

    static MetadataSettings settings(Path metadata) {
        return new MetadataSettings(
                metadata.toString(),
                Optional.empty(),
                Optional.empty(),
                Optional.of("bench"),
                Optional.of("bench@localhost"),
                ZoneId.of("UTC"),
                metadata.resolveSibling(metadata.getFileName() + "-state"),
                Duration.ofSeconds(10),
                _ -> {
                    throw new IOException("a path needs no network");
                });
    }

    static Ledger ledger(MetadataRepository repository, String source, String destination) {
        return repository.namespace(NAMESPACE, source + "/" + NAMESPACE, destination, destination, true, "");
    }

    private static void fill(int repositories, int tags, String source, Path metadata, String destination) {
        try (MetadataRepository repository = MetadataRepository.open(settings(metadata), Clock.systemUTC())) {
            Ledger ledger = ledger(repository, source, destination);
            for (int i = 0; i < repositories; i++) {
                RepositoryName name = new RepositoryName("r" + i);
                List<Entry> entries = new ArrayList<>(tags);
                for (int j = 0; j < tags; j++) {
                    // As after a run that has looked for referrers and found none.
                    entries.add(new Entry(name, "v" + j, new Digest(digest(i, j)), destination + "/r" + i)
                            .with(Attributes.REFS, "0"));
                }
                ledger.adopt(entries);
            }
            ledger.checkpoint();
        }
    }
}

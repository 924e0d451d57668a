import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.zip.GZIPOutputStream;

/**
 * A registry for the run that trains the start-up cache: its namespace {@code training} is listed as gcr.io lists, and
 * what is pushed is forgotten. It prints HOST:PORT and stops when its standard input ends.
 */
final class TrainingRegistry {
    private static final String NAMESPACE = "training";
    private static final int REPOSITORIES = 6;
    private static final int TAGS = 4;
    private static final String MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
    private static final String INDEX = "application/vnd.docker.distribution.manifest.list.v2+json";

    private record Content(String type, byte[] bytes) {}

    /** By path below /v2/. */
    private static final Map<String, Content> CONTENT = new ConcurrentHashMap<>();

    public static void main(String[] arguments) throws IOException {
        publish();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", TrainingRegistry::answer);
        server.start();
        System.out.println("127.0.0.1:" + server.getAddress().getPort());
        while (System.in.read() >= 0) {}
        System.exit(0);
    }

    private static void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        byte[] body = exchange.getRequestBody().readAllBytes();
        Content content = CONTENT.get(path.replaceFirst("^/v2/", ""));
        switch (exchange.getRequestMethod()) {
            case "POST", "PATCH" -> {
                exchange.getResponseHeaders().set("Location", path.endsWith("/") ? path + "1" : path);
                exchange.sendResponseHeaders(202, -1);
            }
            case "PUT" -> {
                exchange.getResponseHeaders().set("Docker-Content-Digest", digest(body));
                exchange.sendResponseHeaders(201, -1);
            }
            default -> {
                if (content != null) {
                    exchange.getResponseHeaders().set("Content-Type", content.type());
                    exchange.getResponseHeaders().set("Docker-Content-Digest", digest(content.bytes()));
                    boolean isHead = exchange.getRequestMethod().equals("HEAD");
                    exchange.sendResponseHeaders(200, isHead ? -1 : content.bytes().length);
                    if (!isHead) {
                        exchange.getResponseBody().write(content.bytes());
                    }
                } else {
                    exchange.sendResponseHeaders(path.equals("/v2/") ? 200 : 404, -1);
                }
            }
        }
        exchange.close();
    }

    /** The first repository has images for two platforms, and all repositories share a layer. */
    private static void publish() throws IOException {
        StringBuilder children = new StringBuilder();
        for (int number = 0; number < REPOSITORIES; number++) {
            children.append(number == 0 ? "" : ",").append("\"r").append(number).append('"');
            String repository = NAMESPACE + "/r" + number;
            StringBuilder listed = new StringBuilder();
            StringBuilder tags = new StringBuilder();
            for (int tag = 0; tag < TAGS; tag++) {
                String image = image(repository, "amd64", "base", repository, repository + tag);
                if (number == 0) {
                    image = put(repository + "/manifests/", INDEX, """
                            {"schemaVersion":2,"mediaType":"%s","manifests":[%s,%s]}""".formatted(
                                    INDEX,
                                    platform(image, "amd64"),
                                    platform(image(repository, "arm64", "base", "arm64" + tag), "arm64")));
                }
                String digest = image.substring(image.indexOf("sha256:"), image.lastIndexOf('"'));
                CONTENT.put(repository + "/manifests/v1." + tag, CONTENT.get(repository + "/manifests/" + digest));
                tags.append(tag == 0 ? "" : ",").append("\"v1.").append(tag).append('"');
                listed.append(tag == 0 ? "" : ",").append("""
                        "%s":{"imageSizeBytes":"1000","layerId":"","mediaType":"%s","tag":["v1.%d"],\
                        "timeCreatedMs":"0","timeUploadedMs":"1500000000000"}""".formatted(
                                digest, number == 0 ? INDEX : MANIFEST, tag));
            }
            list(repository, "", listed, tags);
        }
        list(NAMESPACE, children, "", "");
    }

    private static void list(String name, CharSequence children, CharSequence manifests, CharSequence tags) {
        CONTENT.put(
                name + "/tags/list",
                new Content("application/json", """
                        {"child":[%s],"manifest":{%s},"name":"%s","tags":[%s]}""".formatted(children, manifests, name, tags)
                        .getBytes(StandardCharsets.UTF_8)));
    }

    private static String image(String repository, String architecture, String... layers) throws IOException {
        String blobs = repository + "/blobs/";
        String config = put(
                blobs, "application/vnd.docker.container.image.v1+json", """
                {"architecture":"%s","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[]}}""".formatted(architecture));
        StringBuilder descriptors = new StringBuilder();
        for (String layer : layers) {
            ByteArrayOutputStream packed = new ByteArrayOutputStream();
            try (GZIPOutputStream stream = new GZIPOutputStream(packed)) {
                byte[] content = new byte[20_000];
                new Random(layer.hashCode()).nextBytes(content);
                stream.write(content);
            }
            descriptors
                    .append(descriptors.isEmpty() ? "" : ",")
                    .append(put(blobs, "application/vnd.docker.image.rootfs.diff.tar.gzip", packed.toByteArray()));
        }
        return put(repository + "/manifests/", MANIFEST, """
                {"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]}""".formatted(MANIFEST, config, descriptors));
    }

    private static String platform(String descriptor, String architecture) {
        return descriptor.replaceFirst("}$", ",\"platform\":{\"architecture\":\"" + architecture + "\",\"os\":\"linux\"}}");
    }

    private static String put(String folder, String type, String content) {
        return put(folder, type, content.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the descriptor. */
    private static String put(String folder, String type, byte[] content) {
        CONTENT.put(folder + digest(content), new Content(type, content));
        return """
                {"mediaType":"%s","size":%d,"digest":"%s"}""".formatted(type, content.length, digest(content));
    }

    private static String digest(byte[] content) {
        try {
            return "sha256:" + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}

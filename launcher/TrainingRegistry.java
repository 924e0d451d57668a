import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.Executors;

/**
 * A registry that accepts pushes and keeps nothing, for the run that trains the start-up cache: gcrsync itself serves
 * pulls only. Prints its HOST:PORT, and ends with its standard input.
 */
final class TrainingRegistry {
    public static void main(String[] arguments) throws IOException {
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
        int status = switch (exchange.getRequestMethod()) {
            case "POST", "PATCH" -> {
                exchange.getResponseHeaders().set("Location", path.endsWith("/") ? path + "1" : path);
                yield 202;
            }
            case "PUT" -> {
                exchange.getResponseHeaders().set("Docker-Content-Digest", digest(body));
                yield 201;
            }
            default -> path.equals("/v2/") ? 200 : 404;
        };
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    private static String digest(byte[] content) {
        try {
            return "sha256:" + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}

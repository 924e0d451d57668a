package gcrsync.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Finds out whether a registry on this machine speaks TLS, by a request without it that carries nothing. */
public final class TlsProbe {
    private static final int LARGEST = 4 << 10;

    private final Transport transport;

    /** @param transport neither retries nor authenticates */
    public TlsProbe(Transport transport) {
        this.transport = transport;
    }

    /** Servers with TLS answer 400 and name HTTPS (Go's do, and nginx), or hang up; who does not listen does neither. */
    public boolean speaksTls(String host) {
        try (Response response = transport.send(Request.get(URI.create("http://" + host + "/v2/")))) {
            return response.status() == 400
                    && new String(response.body().readNBytes(LARGEST), StandardCharsets.ISO_8859_1).contains("HTTPS");
        } catch (ConnectException | SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}

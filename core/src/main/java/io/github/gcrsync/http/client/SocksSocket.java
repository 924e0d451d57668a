package io.github.gcrsync.http.client;

import io.github.gcrsync.http.RefusedException;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * A socket through a SOCKS5 proxy, which resolves names that are unknown here (RFC 1928), with user and password if
 * configured (RFC 1929). Java's own implementation takes the password from the process-wide Authenticator, which a
 * library must not set.
 */
final class SocksSocket extends Socket {
    private static final int VERSION = 5;
    private static final int NO_LOGIN = 0;
    private static final int LOGIN = 2;

    private final Proxy proxy;

    SocksSocket(Proxy proxy) {
        this.proxy = proxy;
    }

    /** @param timeout in milliseconds, for connecting to the proxy and for each of its answers */
    @Override
    public void connect(SocketAddress peer, int timeout) throws IOException {
        if (!(peer instanceof InetSocketAddress target)) {
            throw new IOException("a SOCKS proxy supports only internet addresses");
        }
        super.connect(new InetSocketAddress(proxy.host(), proxy.port()), timeout);
        int usual = getSoTimeout();
        setSoTimeout(timeout);
        greet();
        ask(target);
        setSoTimeout(usual);
    }

    private void greet() throws IOException {
        boolean known = proxy.userInfo().isPresent();
        send(known ? new byte[] {VERSION, 2, NO_LOGIN, LOGIN} : new byte[] {VERSION, 1, NO_LOGIN});
        byte[] answer = answer(2);
        boolean requiresLogin = answer[1] == LOGIN && known;
        if (answer[0] != VERSION) {
            throw new RefusedException(proxy + " is not a SOCKS5 proxy");
        }
        if (answer[1] != NO_LOGIN && !requiresLogin) {
            throw otherCredentials();
        }
        if (requiresLogin) {
            logIn();
        }
    }

    private void logIn() throws IOException {
        ByteArrayOutputStream login = new ByteArrayOutputStream();
        login.write(1);
        text(login, proxy.user());
        text(login, proxy.password());
        send(login.toByteArray());
        if (answer(2)[1] != 0) {
            throw otherCredentials();
        }
    }

    private void ask(InetSocketAddress target) throws IOException {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(new byte[] {VERSION, 1, 0});
        InetAddress known = target.getAddress();
        if (known == null) {
            request.write(3);
            text(request, target.getHostString());
        } else {
            request.write(known.getAddress().length == 4 ? 1 : 4);
            request.writeBytes(known.getAddress());
        }
        request.write(target.getPort() >> 8);
        request.write(target.getPort());
        send(request.toByteArray());
        byte[] answer = answer(4);
        if (answer[1] != 0) {
            throw refusal(target, answer[1]);
        }
        // The address from which the proxy connects.
        int length = switch (answer[3]) {
            case 1 -> 4;
            case 4 -> 16;
            default -> answer(1)[0] & 0xff;
        };
        answer(length + 2);
    }

    private IOException refusal(InetSocketAddress target, int code) {
        String reason = switch (code) {
            case 2 -> "forbidden";
            case 3 -> "network unreachable";
            case 4 -> "host unreachable";
            case 5 -> "connection refused";
            case 6 -> "timed out";
            default -> "SOCKS error " + code;
        };
        String what = "the proxy " + proxy + " does not connect to " + target.getHostString() + ":" + target.getPort()
                + " (" + reason + ")";
        return code == 2 ? new RefusedException(what) : new ConnectException(what);
    }

    private RefusedException otherCredentials() {
        return new RefusedException("the proxy " + proxy + " requires other credentials");
    }

    /** {@link Proxy#parse} ensures that credentials fit into a length byte; host names always do. */
    private static void text(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.write(bytes.length);
        out.writeBytes(bytes);
    }

    private void send(byte[] bytes) throws IOException {
        getOutputStream().write(bytes);
    }

    private byte[] answer(int length) throws IOException {
        InputStream in = getInputStream();
        byte[] answer = in.readNBytes(length);
        if (answer.length < length) {
            throw new EOFException("the proxy " + proxy + " hung up");
        }
        return answer;
    }
}

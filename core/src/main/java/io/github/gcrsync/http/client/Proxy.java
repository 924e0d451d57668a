package io.github.gcrsync.http.client;

import io.github.gcrsync.http.Addresses;
import io.github.gcrsync.text.Printable;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A proxy: {@code http://[user:password@]host:port}, {@code https://…} for a proxy that itself uses TLS, or
 * {@code socks5://…}.
 *
 * @param scheme http, https or socks5
 * @param userInfo {@code user:password}, sent only to the proxy
 */
public record Proxy(String scheme, String host, int port, Optional<String> userInfo) {
    private static final String IPV4 = "\\d{1,3}(?:\\.\\d{1,3}){3}";

    /** @throws IllegalArgumentException if the text is not a proxy address; the message never contains the password */
    public static Proxy parse(String text) {
        String withScheme = text.contains("://") ? text : "http://" + text;
        URI uri;
        try {
            uri = new URI(withScheme);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(
                    "not a proxy address; use http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT");
        }
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        boolean socks = scheme.equals("socks5") || scheme.equals("socks5h") || scheme.equals("socks");
        if (uri.getHost() == null || !(socks || scheme.equals("http") || scheme.equals("https"))) {
            throw new IllegalArgumentException("not a proxy address: " + Printable.shortened(scheme)
                    + "://…; use http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT");
        }
        int usual = socks ? 1080 : scheme.equals("https") ? 443 : 80;
        int port = uri.getPort() >= 0 ? uri.getPort() : usual;
        Proxy proxy = new Proxy(socks ? "socks5" : scheme, uri.getHost(), port, Optional.ofNullable(uri.getUserInfo()));
        if (socks && uri.getUserInfo() != null && !(fitsSocks(proxy.user()) && fitsSocks(proxy.password()))) {
            throw new IllegalArgumentException(
                    "user and password of a SOCKS proxy have 1 to 255 bytes each; use socks5://USER:PASSWORD@HOST:PORT");
        }
        return proxy;
    }

    private static boolean fitsSocks(String text) {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        return bytes > 0 && bytes <= 255;
    }

    /** Returns "" if there is none. */
    String user() {
        return userInfo.map(info -> info.split(":", 2)[0]).orElse("");
    }

    /** Returns "" if there is none. */
    String password() {
        return userInfo.map(info -> info.split(":", 2))
                .map(pair -> pair.length < 2 ? "" : pair[1])
                .orElse("");
    }

    boolean socks() {
        return scheme.equals("socks5");
    }

    /**
     * Returns the proxy that HTTPS_PROXY, HTTP_PROXY or ALL_PROXY (in either case) name for a URI. Loopback hosts and
     * those in NO_PROXY are reached directly, as in curl and Go programs.
     */
    static Optional<Proxy> fromEnvironment(Map<String, String> environment, URI uri) {
        String host = Addresses.host(uri);
        if (Addresses.isLoopback(host) || isExempt(environment, uri)) {
            return Optional.empty();
        }
        String own = uri.getScheme().equalsIgnoreCase("https") ? "HTTPS_PROXY" : "HTTP_PROXY";
        return variable(environment, own)
                .map(value -> parse(own, value))
                .or(() -> variable(environment, "ALL_PROXY").map(value -> parse("ALL_PROXY", value)));
    }

    private static Proxy parse(String variable, String value) {
        try {
            return parse(value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(variable + ": " + e.getMessage(), e);
        }
    }

    /**
     * Whether NO_PROXY matches the host: by name, with port, as a parent domain, as a network like 10.0.0.0/8, or by
     * {@code *}.
     */
    static boolean isExempt(Map<String, String> environment, URI uri) {
        String host = Addresses.host(uri);
        for (String entry : variable(environment, "NO_PROXY").orElse("").split(",")) {
            String name = entry.strip().toLowerCase(Locale.ROOT);
            String domain = name.startsWith("*.") ? name.substring(1) : name.startsWith(".") ? name : "." + name;
            if (name.equals("*")
                    || (!name.isEmpty() && (host.equals(name) || host.endsWith(domain)))
                    || name.equals(host + ":" + Addresses.port(uri))
                    || isWithin(host, name)) {
                return true;
            }
        }
        return false;
    }

    /** Matches only literal addresses: names may be resolvable only by the proxy. */
    private static boolean isWithin(String host, String network) {
        int slash = network.indexOf('/');
        if (slash < 0 || !host.matches(IPV4) || !network.matches(IPV4 + "/\\d{1,2}")) {
            return false;
        }
        int bits = Integer.parseInt(network.substring(slash + 1));
        return bits <= 32 && (bits == 0 || (number(host) ^ number(network.substring(0, slash))) >>> (32 - bits) == 0);
    }

    private static int number(String address) {
        int number = 0;
        for (String part : address.split("\\.")) {
            number = (number << 8) | (Integer.parseInt(part) & 0xff);
        }
        return number;
    }

    private static Optional<String> variable(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name))
                .or(() -> Optional.ofNullable(environment.get(name.toLowerCase(Locale.ROOT))))
                .filter(value -> !value.isBlank());
    }

    @Override
    public String toString() {
        return scheme + "://" + host + ":" + port;
    }
}

package io.github.gcrsync.http;

import io.github.gcrsync.text.Printable;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;

/** Inspects hosts and URIs. */
public final class Addresses {
    /** Printable ASCII characters that a URI must encode; other characters have no portable meaning in headers. */
    private static final Pattern UNENCODED = Pattern.compile("[ \"<>\\\\^`{|}]|%(?![0-9A-Fa-f]{2})");

    private static final Pattern LOOPBACK_V4 = Pattern.compile("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");

    private Addresses() {}

    /** Whether a host, {@code name[:port]}, is certainly this machine. */
    public static boolean isLoopback(String hostAndPort) {
        String host = withoutPort(hostAndPort);
        return host.equals("localhost")
                || host.endsWith(".localhost")
                || host.equals("[::1]")
                || LOOPBACK_V4.matcher(host).matches();
    }

    /** Returns {@code host[:port]} of a URI, in lower case, the form of registry names. */
    public static String authority(URI uri) {
        return host(uri) + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
    }

    public static String host(URI uri) {
        String host = uri.getHost();
        return host == null ? "" : host.toLowerCase(Locale.ROOT);
    }

    /** Whether scheme, host and port are equal. */
    static boolean sameOrigin(URI one, URI other) {
        return one.getScheme().equalsIgnoreCase(other.getScheme())
                && host(one).equals(host(other))
                && port(one) == port(other);
    }

    /**
     * Resolves a reference in an answer (RFC 3986, section 5.2); {@link URI#resolve} is wrong for a reference that is
     * only a query. Encodes characters that servers failed to encode, as other clients do.
     *
     * @throws IllegalArgumentException if the reference is invalid
     */
    public static URI resolve(URI base, String reference) {
        String encoded = UNENCODED
                .matcher(reference)
                .replaceAll(found -> "%%%02X".formatted((int) found.group().charAt(0)));
        return base.resolve(encoded.startsWith("?") ? base.getRawPath() + encoded : encoded);
    }

    /** Whether a public host redirects to an internal address, which only the client can reach. */
    public static boolean leadsInside(URI from, URI to) {
        return !host(from).equals(host(to)) && isInternal(host(to)) && !isInternal(host(from));
    }

    /** Formats the URI for people: without user, query, fragment and terminal escapes. */
    public static String printable(URI uri) {
        String path = uri.getRawPath();
        return Printable.shortened(uri.getScheme() + "://" + authority(uri) + (path == null ? "" : path));
    }

    /**
     * Whether a host is, or resolves to, an internal address: loopback, link-local (cloud metadata services), private,
     * shared, unique-local. An unknown name is not internal: names are often unknown behind a proxy.
     */
    private static boolean isInternal(String host) {
        for (InetAddress address : known(host)) {
            byte[] bytes = address.getAddress();
            boolean uniqueLocal = bytes.length == 16 && (bytes[0] & 0xfe) == 0xfc;
            // Shared address space (RFC 6598), which one cloud uses for its metadata service, and "this network" (RFC
            // 1122).
            boolean shared = bytes.length == 4 && bytes[0] == 100 && (bytes[1] & 0xc0) == 64;
            boolean thisNetwork = bytes.length == 4 && bytes[0] == 0;
            if (uniqueLocal
                    || shared
                    || thisNetwork
                    || address.isLoopbackAddress()
                    || address.isLinkLocalAddress()
                    || address.isSiteLocalAddress()
                    || address.isAnyLocalAddress()) {
                return true;
            }
        }
        return false;
    }

    private static InetAddress[] known(String host) {
        try {
            return InetAddress.getAllByName(host);
        } catch (UnknownHostException e) {
            return new InetAddress[0];
        }
    }

    /** Returns the port of the URI, or the default port of its scheme. */
    public static int port(URI uri) {
        if (uri.getPort() >= 0) {
            return uri.getPort();
        }
        return uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
    }

    private static String withoutPort(String hostAndPort) {
        int colon = hostAndPort.lastIndexOf(':');
        boolean port = colon > hostAndPort.lastIndexOf(']');
        return (port ? hostAndPort.substring(0, colon) : hostAndPort).toLowerCase(Locale.ROOT);
    }
}

package io.github.gcrsync.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.gcrsync.oci.Digest;
import java.net.URI;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Decides which requests are answered. The names of hosts are checked against DNS rebinding, and the origin against
 * requests that other sites make a browser send.
 */
public final class Guard {
    private static final Pattern ADDRESS = Pattern.compile("\\[[0-9A-Fa-f:.]+]|[0-9]{1,3}(?:\\.[0-9]{1,3}){3}");
    private static final String BASIC = "Basic ";
    private static final String BEARER = "Bearer ";

    private final Optional<String> token;
    private final boolean publicReading;
    private final List<String> names;

    /**
     * @param token that requests need; empty: none
     * @param publicReading whether reading needs no token
     * @param names of the server, besides localhost and IP addresses
     */
    public Guard(Optional<String> token, boolean publicReading, Collection<String> names) {
        this.token = token;
        this.publicReading = publicReading;
        this.names = names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
    }

    /** Returns why the request is refused; empty if it may be answered. */
    Optional<Refusal> refusal(Call call) {
        String host = call.header("Host").orElse("");
        if (!isOurs(host)) {
            return Optional.of(new Refusal(
                    421, "the Host of the request is not a name of this server; allow it with --allow-host"));
        }
        if (!call.isRead() && !call.method().equals("POST")) {
            return Optional.of(new Refusal(405, "use GET or POST"));
        }
        boolean isForeign = call.header("Origin")
                        .filter(origin -> !isOf(origin, host) && !isNamed(origin))
                        .isPresent()
                || (!call.isRead()
                        && call.header("Sec-Fetch-Site")
                                .filter(site -> !site.equals("same-origin") && !site.equals("none"))
                                .isPresent());
        if (isForeign) {
            return Optional.of(new Refusal(403, "requests from other sites are refused"));
        }
        boolean isFree = publicReading && call.isRead();
        return token.isEmpty() || isFree || hasToken(call)
                ? Optional.empty()
                : Optional.of(new Refusal(401, "this needs the token of --token-file: Authorization: Bearer TOKEN"));
    }

    /** An answer instead of what was asked for. */
    record Refusal(int status, String words) {}

    private boolean isOurs(String host) {
        String name = withoutPort(host);
        return name.equals("localhost") || ADDRESS.matcher(name).matches() || names.contains(name);
    }

    /** Whether the origin has a name of the server. A proxy in front of it may send another Host. */
    private boolean isNamed(String origin) {
        String name = origin.replaceFirst("^https?://", "");
        return !name.equals(origin) && names.contains(withoutPort(name));
    }

    private static String withoutPort(String host) {
        return host.replaceFirst(":[0-9]*$", "").toLowerCase(Locale.ROOT);
    }

    private static boolean isOf(String origin, String host) {
        try {
            URI uri = URI.create(origin);
            return uri.getRawAuthority() != null
                    && withPort(uri.getRawAuthority(), uri).equals(withPort(host, uri));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Browsers omit the usual port of a scheme. */
    private static String withPort(String authority, URI origin) {
        String usual = "https".equals(origin.getScheme()) ? ":443" : ":80";
        String lower = authority.toLowerCase(Locale.ROOT);
        return lower.matches(".*:[0-9]+") ? lower : lower + usual;
    }

    private boolean hasToken(Call call) {
        String given = call.header("Authorization").orElse("");
        String sent = given.startsWith(BEARER)
                ? given.substring(BEARER.length()).strip()
                : given.startsWith(BASIC)
                        ? password(given.substring(BASIC.length()).strip())
                        : "";
        // Both have the same length then, whatever was sent.
        return MessageDigest.isEqual(hashed(sent), hashed(token.orElse("")));
    }

    private static String password(String credentials) {
        try {
            String text = new String(Base64.getDecoder().decode(credentials), UTF_8);
            return text.substring(text.indexOf(':') + 1);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private static byte[] hashed(String text) {
        return Digest.sha256(text.getBytes(UTF_8)).value().getBytes(UTF_8);
    }
}

package io.github.gcrsync.registry.ecr;

import io.github.gcrsync.http.Addresses;
import io.github.gcrsync.http.Headers;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.oci.Digest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests to AWS services (Signature Version 4), for addresses without a query.
 *
 * @param sessionToken of temporary credentials
 */
record AwsSignature(String accessKey, String secretKey, Optional<String> sessionToken, String region, String service) {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** Returns the request with date, session token and signature; signs all its headers. */
    Request signed(Request request, byte[] body, Instant now) {
        String stamp = STAMP.format(now);
        String day = stamp.substring(0, 8);
        Headers dated = request.headers().withOnly("X-Amz-Date", stamp);
        Headers headers =
                sessionToken.map(t -> dated.withOnly("X-Amz-Security-Token", t)).orElse(dated);
        SortedMap<String, String> canonical = new TreeMap<>();
        headers.forEach((name, value) -> canonical.put(name.toLowerCase(Locale.ROOT), value.strip()));
        canonical.put("host", Addresses.authority(request.uri()));
        StringBuilder fields = new StringBuilder();
        canonical.forEach(
                (name, value) -> fields.append(name).append(':').append(value).append('\n'));
        String names = String.join(";", canonical.keySet());
        String text = String.join(
                "\n",
                request.method(),
                path(request.uri()),
                "",
                fields.toString(),
                names,
                Digest.sha256(body).hex());
        String scope = String.join("/", day, region, service, "aws4_request");
        String toSign = String.join(
                "\n",
                "AWS4-HMAC-SHA256",
                stamp,
                scope,
                Digest.sha256(utf8(text)).hex());
        byte[] key = utf8("AWS4" + secretKey);
        for (String part : scope.split("/", -1)) {
            key = hmac(key, part);
        }
        return request.withHeaders(headers.withOnly(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=" + accessKey + "/" + scope + ", SignedHeaders=" + names + ", Signature="
                        + HexFormat.of().formatHex(hmac(key, toSign))));
    }

    private static String path(URI uri) {
        String path = uri.getRawPath();
        return path == null || path.isEmpty() ? "/" : path;
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(utf8(text));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has HmacSHA256", e);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Omits the secrets. */
    @Override
    public String toString() {
        return "AWS signature for " + service + " in " + region;
    }
}

package io.github.gcrsync.signature;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;

/** Reads the layers that hold the signatures of one image, each blob once, up to a total count and size. */
final class SignatureLayers {
    private static final int MOST = 200;
    /** Bundles with certificate and log entry have 20 kB, payloads of simple signing a few hundred bytes. */
    private static final int LARGEST = 256 << 10;

    private static final int MOST_BYTES = 8 << 20;

    private final ImageSource source;
    private final Map<Digest, byte[]> contents = new HashMap<>();
    private int count;
    private long bytes;

    SignatureLayers(ImageSource source) {
        this.source = source;
    }

    boolean isExhausted() {
        return count >= MOST || bytes >= MOST_BYTES;
    }

    /** @param layer of one of the two media types of signatures */
    Claim claim(Descriptor layer) {
        count++;
        if (layer.size() > LARGEST) {
            return new Claim.Damaged("has a layer larger than the " + LARGEST + " bytes of a signature");
        }
        try {
            byte[] content = content(layer);
            return layer.mediaType().equals(SigstoreBundle.MEDIA_TYPE)
                    ? SigstoreBundle.read(content)
                    : SimpleSigning.read(layer, content);
        } catch (ContentException.NotFound e) {
            return new Claim.Damaged("lacks its layer " + layer.digest());
        } catch (ContentException.Corrupt e) {
            return new Claim.Damaged("has a damaged layer " + layer.digest());
        }
    }

    private byte[] content(Descriptor layer) {
        byte[] known = contents.get(layer.digest());
        if (known != null) {
            return known;
        }
        bytes += layer.size();
        try (InputStream stream = source.blob(layer).openAt(0)) {
            byte[] content = stream.readNBytes((int) layer.size() + 1);
            if (!layer.digest().ofSameAlgorithm(content).equals(layer.digest())) {
                throw new ContentException.Corrupt("the content of " + layer.digest() + " does not match its digest");
            }
            contents.put(layer.digest(), content);
            return content;
        } catch (IOException e) {
            throw new ContentException.Unreachable("reading the signature " + layer.digest() + " failed", e);
        }
    }
}

package io.github.gcrsync.testkit;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.zip.CRC32;

/**
 * A gzipped tar of one file of random bytes, generated for each reader from any offset. It consists of gzip members
 * (RFC 1952 allows many) of 64 KiB with one stored block each, so member i depends only on the seed and i.
 */
final class GeneratedLayer implements Content {
    private static final int MEMBER = 64 << 10;
    private static final int FRAME_BEFORE = 10 + 5;
    private static final int PAYLOAD = MEMBER - FRAME_BEFORE - 8;

    private final long seed;
    private final long members;

    private GeneratedLayer(long seed, long members) {
        this.seed = seed;
        this.members = members;
    }

    /** Creates a layer of at least that many bytes, rounded up to whole members. */
    static SampleLayer of(long seed, long bytes) {
        GeneratedLayer layer = new GeneratedLayer(seed, Math.max(1, Math.ceilDiv(bytes, MEMBER)));
        MessageDigest compressed = Digests.sha256();
        MessageDigest tar = Digests.sha256();
        for (long i = 0; i < layer.members; i++) {
            byte[] member = layer.member(i);
            compressed.update(member);
            tar.update(member, FRAME_BEFORE, PAYLOAD);
        }
        return new SampleLayer(Digests.text(compressed), Digests.text(tar), layer);
    }

    @Override
    public long size() {
        return members * MEMBER;
    }

    private byte[] member(long index) {
        ByteBuffer member = ByteBuffer.allocate(MEMBER).order(ByteOrder.LITTLE_ENDIAN);
        member.put(new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff});
        member.put((byte) 1).putShort((short) PAYLOAD).putShort((short) ~PAYLOAD);
        member.put(payload(index));
        CRC32 crc = new CRC32();
        crc.update(member.array(), FRAME_BEFORE, PAYLOAD);
        return member.putInt((int) crc.getValue()).putInt(PAYLOAD).array();
    }

    private byte[] payload(long index) {
        ByteBuffer random = ByteBuffer.allocate(PAYLOAD + Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        // The finalizer of SplitMix64 spreads adjacent seeds; xorshift64 fills fast.
        long state = (seed * 0x9E3779B97F4A7C15L + index + 1) * 0xBF58476D1CE4E5B9L | 1;
        while (random.position() < PAYLOAD) {
            state ^= state << 13;
            state ^= state >>> 7;
            state ^= state << 17;
            random.putLong(state);
        }
        byte[] payload = new byte[PAYLOAD];
        random.get(0, payload);
        long tar = members * PAYLOAD;
        long file = (tar / TarArchive.BLOCK - 3) * TarArchive.BLOCK;
        if (index == 0) {
            System.arraycopy(TarArchive.header("data/" + seed, file), 0, payload, 0, TarArchive.BLOCK);
        }
        if (index == members - 1) {
            int zeros = (int) (tar - TarArchive.BLOCK - file);
            java.util.Arrays.fill(payload, PAYLOAD - zeros, PAYLOAD, (byte) 0);
        }
        return payload;
    }

    @Override
    public InputStream openAt(long offset) {
        return new InputStream() {
            private long at = offset;
            private long loaded = -1;
            private byte[] member = {};

            @Override
            public int read() {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] buffer, int from, int length) {
                if (at >= size()) {
                    return -1;
                }
                if (at / MEMBER != loaded) {
                    loaded = at / MEMBER;
                    member = member(loaded);
                }
                int within = (int) (at % MEMBER);
                int n = Math.min(length, MEMBER - within);
                System.arraycopy(member, within, buffer, from, n);
                at += n;
                return n;
            }

            @Override
            public int available() {
                return (int) Math.min(Integer.MAX_VALUE, size() - at);
            }
        };
    }
}

package io.github.gcrsync.testkit;

/**
 * A gzipped tar.
 *
 * @param digest of the compressed bytes
 * @param diffId digest of the uncompressed tar, as in an image's config
 */
public record SampleLayer(String digest, String diffId, Content content) {}

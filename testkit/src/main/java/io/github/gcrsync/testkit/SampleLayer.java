package io.github.gcrsync.testkit;

/**
 * A gzip'd tar.
 *
 * @param digest of the compressed bytes
 * @param diffId digest of the tar, as an image's config names it
 */
public record SampleLayer(String digest, String diffId, Content content) {}

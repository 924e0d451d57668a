/**
 * TLS: trusted authorities, client certificates, and explanations of failed handshakes.
 *
 * <p>Types that {@code docs/library.md} does not list are internal.
 */
@NullMarked
package io.github.gcrsync.http.tls;

import org.jspecify.annotations.NullMarked;

/** TLS: trusted authorities, client certificates, and why a handshake failed. */
@NullMarked
package io.github.gcrsync.http.tls;

import org.jspecify.annotations.NullMarked;

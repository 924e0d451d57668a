/** TLS: trusted authorities, client certificates, and explanations of failed handshakes. */
@NullMarked
package io.github.gcrsync.http.tls;

import org.jspecify.annotations.NullMarked;

/** TLS: trusted authorities, client certificates, and why a handshake failed. */
@NullMarked
package gcrsync.http.tls;

import org.jspecify.annotations.NullMarked;

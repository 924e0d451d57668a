/**
 * An HTTP server for files and short texts: GET and HEAD, HTTP/1.1 (RFC 9112) or TLS, a thread for each connection.
 * Decision 9 says why it is not the one of the JDK.
 */
@NullMarked
package io.github.gcrsync.serve.http;

import org.jspecify.annotations.NullMarked;

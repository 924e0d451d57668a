/** The innermost transport: connections, proxies and uploads with Apache HttpClient. */
@NullMarked
package io.github.gcrsync.http.client;

import org.jspecify.annotations.NullMarked;

/** The bottom of every transport: connections, proxies and uploads by Apache HttpClient. */
@NullMarked
package io.github.gcrsync.http.client;

import org.jspecify.annotations.NullMarked;

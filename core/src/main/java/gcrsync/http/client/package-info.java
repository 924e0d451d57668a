/** The bottom of every transport: connections, proxies and uploads by Apache HttpClient. */
@NullMarked
package gcrsync.http.client;

import org.jspecify.annotations.NullMarked;

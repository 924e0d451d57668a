/** Who we are to a registry: credentials, challenges, tokens. */
@NullMarked
package gcrsync.auth;

import org.jspecify.annotations.NullMarked;

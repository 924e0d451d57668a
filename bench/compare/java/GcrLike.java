import io.github.gcrsync.testkit.GcrFront;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;

/**
 * Stands in front of a registry and lists as gcr.io does, see {@link GcrFront}; listings are made once and kept, so that
 * nothing but the clients is measured. Prints its HOST:PORT; each line on standard input is answered with the number of
 * requests since the last one; the line "list" drops all listings first. It ends with its standard input.
 */
final class GcrLike {
    public static void main(String[] arguments) throws IOException {
        try (GcrFront front = GcrFront.inFrontOf(arguments[0]).freeze();
                var lines = new BufferedReader(new InputStreamReader(System.in))) {
            System.out.println(front.host());
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals("list")) {
                    front.freeze();
                }
                int requests = front.log().count();
                front.log().clear();
                System.out.println(requests);
            }
        }
        System.exit(0);
    }
}

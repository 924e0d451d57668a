package io.github.gcrsync.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DatabaseAddressTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jdbc:postgresql://db/x                     | jdbc:postgresql://db/x             | db/x        |    |",
                "jdbc:postgresql://db:5433/x?user=me        | jdbc:postgresql://db:5433/x?user=me| db:5433/x   |    |",
                "jdbc:postgresql://db/x?user=me&password=pw | jdbc:postgresql://db/x?user=me     | db/x        |    | pw",
                "jdbc:postgresql://a:1,b:2/x?ssl=true       | jdbc:postgresql://a:1,b:2/x?ssl=true | a:1,b:2/x |    |",
                "jdbc:postgresql://[::1]:5432/x             | jdbc:postgresql://[::1]:5432/x     | [::1]:5432/x|    |",
                "postgresql://me@db/x                       | jdbc:postgresql://db/x             | db/x        | me |",
                "postgres://me:pw@db/x?sslmode=verify-full  | jdbc:postgresql://db/x?sslmode=verify-full | db/x | me | pw",
                "postgresql://m%65:%2F%40%3A%3F%25+@db/x    | jdbc:postgresql://db/x             | db/x        | me | /@:?%+",
                "jdbc:postgresql://db/x?password=a%26b=c    | jdbc:postgresql://db/x             | db/x        |    | a&b=c",
            })
    void readsForms(String text, String url, String shown, String user, String password) {
        DatabaseAddress address = DatabaseAddress.of(text, Map.of());

        assertThat(address.url()).isEqualTo(url);
        assertThat(address).hasToString(shown);
        assertThat(address.properties().getProperty("user")).isEqualTo(user);
        assertThat(address.properties().getProperty("password")).isEqualTo(password);
    }

    @Test
    void takesPasswordOfVariableLiterallyUnlessAddressHasOne() {
        Map<String, String> environment = Map.of(DatabaseAddress.PASSWORD, "100%41+");

        assertThat(DatabaseAddress.of("postgresql://me@db/x", environment).properties())
                .containsEntry("password", "100%41+");
        assertThat(DatabaseAddress.of("postgresql://me:own@db/x", environment).properties())
                .containsEntry("password", "own");
    }

    @Test
    void overridesDefaultsByParameters() {
        DatabaseAddress address = DatabaseAddress.of("jdbc:postgresql://db/x?socketTimeout=60", Map.of());

        assertThat(address.url()).endsWith("?socketTimeout=60");
        assertThat(address.properties()).doesNotContainKey("socketTimeout").containsKey("connectTimeout");
    }

    @Test
    void keepsEveryPasswordOutOfUrl() {
        DatabaseAddress address =
                DatabaseAddress.of("jdbc:postgresql://db/x?sslpassword=s3cret&PASSWORD=s3cret&ssl=true", Map.of());

        assertThat(address.url()).isEqualTo("jdbc:postgresql://db/x?ssl=true");
        assertThat(address.properties()).containsEntry("sslpassword", "s3cret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s3cret",
                "jdbc:mysql://db/s3cret",
                "jdbc:postgresql:s3cret",
                "jdbc:postgresql://db",
                "postgresql://me:s3cret@db",
                "postgresql://me:s3cret/@db/x",
                "postgresql://me:s3cret@s3cret@db/x",
                "postgresql://me:s3cret/s3cret?s3cret@db/x",
                "postgresql://me:s3cret%zz@db/x",
                "postgresql://me:%zs3cret@db/x",
                "jdbc:postgresql://db/x?password=%s3cret",
                "jdbc:postgresql://db/x?password=a&s3cret",
                "postgresql://db:s3cret/x"
            })
    void refusesOthersWithoutRepeatingThem(String text) {
        assertThatThrownBy(() -> DatabaseAddress.of(text, Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasNoCause()
                .hasMessageStartingWith("not the address of a PostgreSQL database: ")
                .hasMessageNotContaining("s3cret");
    }
}

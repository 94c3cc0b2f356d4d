import com.helger.peppol.sbdh.PeppolSBDHData;
import com.helger.peppol.sbdh.PeppolSBDHDataReader;
import com.helger.peppolid.factory.PeppolIdentifierFactory;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Reads every envelope of a directory as an access point does, and puts what is in it beside it. */
public final class ReadEnvelopes {
    public static void main(String[] args) throws Exception {
        int n = 0;
        try (var files = Files.walk(Path.of(args[0]))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".xml")).sorted().toList()) {
                PeppolSBDHData data;
                try (InputStream in = Files.newInputStream(file)) {
                    data = new PeppolSBDHDataReader(PeppolIdentifierFactory.INSTANCE).extractData(in);
                }
                if (!data.areAllFieldsSet(true) || !data.hasCountryC1() || !"DE".equals(data.getCountryC1())) {
                    throw new IllegalStateException(file + ": a field is missing");
                }
                System.out.printf("%s: from %s to %s, %s %s%n", file.getFileName(), data.getSenderAsIdentifier().getURIEncoded(),
                    data.getReceiverAsIdentifier().getURIEncoded(), data.getType(), data.getInstanceIdentifier());
                n++;
            }
        }
        System.out.printf("%d envelopes%n", n);
        System.exit(n > 0 ? 0 : 1);
    }
}

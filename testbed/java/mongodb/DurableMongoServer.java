import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import java.nio.file.Path;
import java.util.List;
import org.h2.mvstore.MVStore;

/** mongo-java-server on 127.0.0.1, with its data in a file. Arguments: the port, and the folder of the file. */
class DurableMongoServer {
    /** Drivers of today refuse the versions that mongo-java-server knows, though it answers what they ask. */
    private record Version7() implements MongoVersion {
        @Override
        public List<Integer> getVersionArray() {
            return List.of(7, 0, 0, 0);
        }

        @Override
        public int getWireVersion() {
            return 21;
        }
    }

    /** Writes before it answers, as MongoDB does with its journal: what was acknowledged survives a kill. */
    private static class Backend extends H2Backend {
        Backend(MVStore store) {
            super(store);
        }

        @Override
        public Document handleMessage(MongoMessage message) {
            Document answer = super.handleMessage(message);
            commit();
            return answer;
        }
    }

    public static void main(String[] arguments) {
        int port = Integer.parseInt(arguments[0]);
        String file = Path.of(arguments[1], "mongodb.mv").toString();
        MVStore store = new MVStore.Builder().fileName(file).autoCommitDisabled().open();
        MongoServer server = new MongoServer(new Backend(store).version(new Version7()));
        server.bind("127.0.0.1", port);
    }
}

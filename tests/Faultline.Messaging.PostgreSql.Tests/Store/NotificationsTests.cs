using Faultline.Messaging.PostgreSql.Store;
using Faultline.TestSupport;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Tests.Store;

public sealed class NotificationsTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>
{
    // Enough for the library to lose a few of them: about 1 in 3,000.
    private const int Rounds = 8_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Listening_ends_at_whatever_moment_between_two_waits_it_is_told_to()
    {
        await using NpgsqlConnection ear = await database.Source.OpenConnectionAsync(Stop);
        await using NpgsqlConnection mouth = await database.Source.OpenConnectionAsync(Stop);
        await using NpgsqlCommand listen = new("listen c", ear);
        await using NpgsqlCommand tell = new("select pg_notify('c', '')", mouth);
        await listen.ExecuteNonQueryAsync(Stop);
        await tell.PrepareAsync(Stop);
        int heard = 0;
        ear.Notification += (_, _) => Volatile.Write(ref heard, 1);

        for (int round = 0; round < Rounds; round++)
        {
            Volatile.Write(ref heard, 0);
            using CancellationTokenSource over = new();
            Task listening = Notifications.ListenAsync(ear, over.Token);
            int moment = round % 400;
            Task told = Task.Run(() => TellAfter(moment), Stop);
            await tell.ExecuteNonQueryAsync(Stop);
            await told;

            await Should.ThrowAsync<OperationCanceledException>(listening.WaitAsync(Limits.Hang, Stop));

            void TellAfter(int reads)
            {
                while (Volatile.Read(ref heard) == 0 && !listening.IsCompleted) Thread.SpinWait(1);
                for (int read = 0; read < reads * 20; read++) Volatile.Read(ref heard);
                over.Cancel();
            }
        }
    }
}

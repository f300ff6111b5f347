using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Publishing;
using Faultline.Messaging.Store;
using Faultline.Protocol.Ledger;
using Faultline.Simulation.Brokers;
using Faultline.Simulation.Databases;
using Faultline.Simulation.Systems;

namespace Faultline.Simulation.Schedules;

/// <summary>Judges the guarantees of the core by what stands in the databases and in the broker at the end.</summary>
internal sealed class Judge(SimSystem system, Client client)
{
    private static readonly MessageCatalogue Catalogue = new([typeof(Asked), typeof(Noted), typeof(Answered)]);

    private readonly List<string> _violations = [];

    /// <summary>Whether nothing is on its way any more.</summary>
    public static bool IsStill(SimSystem system, Client client) =>
        client.IsDone && system.Services.All(service => service.Database is { Outbox.Count: 0, Parked.Count: 0, Schedule.Count: 0 }) && system.Broker.Queues.All(queue => queue.Depth == 0);

    public IReadOnlyList<string> All(bool drained, int effectsWhenStill)
    {
        if (system.World.Escape is { } escape) _violations.Add($"left the world for another thread: {escape}");
        if (system.World.IsBusyForEver) _violations.Add($"liveness: still busy after {system.World.Steps} steps at {system.World.Now}");
        if (!drained) CheckLeftovers();
        else if (effectsWhenStill != system.Services.Sum(service => service.Database.Effects.Count)) _violations.Add("quiet: effects appeared after everything was still");
        foreach (SimService service in system.Services)
        {
            _violations.AddRange(service.Database.Broken);
            CheckSchedule(service.Database);
        }

        CheckRequests();
        CheckUndone();
        foreach (Route route in system.Topology.Routes.DistinctBy(route => (route.Publisher, route.Consumer))) CheckRoute(DatabaseOf(route.Publisher), DatabaseOf(route.Consumer));
        foreach (SimQueue queue in system.Broker.Queues) CheckDeadLetters(DatabaseOf(queue.Service), queue);
        return _violations;
    }

    private Database DatabaseOf(string service) => system.Services.First(each => each.Name == service).Database;

    private void CheckLeftovers()
    {
        foreach (SimService service in system.Services)
        {
            Database database = service.Database;
            if (database.Outbox.Count > 0) _violations.Add($"liveness: {database.Outbox.Count} rows stay in the outbox of {service.Name}: {string.Join(", ", database.Outbox.Keys)}");
            if (database.Parked.Count > 0) _violations.Add($"liveness: {database.Parked.Count} rows stay parked in {service.Name}");
            if (database.Schedule.Count > 0) _violations.Add($"liveness: {database.Schedule.Count} rows stay scheduled in {service.Name}");
        }

        foreach (SimQueue queue in system.Broker.Queues) if (queue.Depth > 0) _violations.Add($"liveness: {queue.Depth} messages stay in the queue of {queue.Service}: {string.Join(", ", queue.Standing)}");
    }

    /// <summary>Guarantee 1, seen from the client: acknowledged means done, and rows and messages go together.</summary>
    private void CheckRequests()
    {
        Database first = system.First.Database;
        Dictionary<int, int> rows = first.Effects.CountBy(effect => effect.Number).ToDictionary();
        HashSet<int> published = [.. first.Published.Where(message => message.Type == "sim.asked").Select(message => DeedOf(message).Number)];
        foreach (int number in client.Acknowledged) if (!rows.ContainsKey(number)) _violations.Add($"published-iff-committed: request {number} was acknowledged and is not there");
        foreach (int number in client.Failed) if (rows.ContainsKey(number)) _violations.Add($"published-iff-committed: request {number} failed and is there");
        foreach ((int number, int count) in rows)
        {
            if (count > 1) _violations.Add($"published-iff-committed: request {number} is there {count} times");
            if (!published.Contains(number)) _violations.Add($"published-iff-committed: request {number} committed without its message");
        }

        foreach (int number in published) if (!rows.ContainsKey(number)) _violations.Add($"published-iff-committed: request {number} published without its row");
    }

    /// <summary>Guarantee 1: what was undone reaches nobody.</summary>
    private void CheckUndone()
    {
        foreach (SimService service in system.Services)
        {
            HashSet<Guid> committed = [.. service.Database.Published.Select(message => message.Id)];
            foreach (SimQueue queue in system.Broker.Queues)
            {
                foreach (Guid id in service.Database.Undone) if (!committed.Contains(id) && queue.Accepted.Contains(id)) _violations.Add($"published-iff-committed: {id} was undone and reached {queue.Service}");
            }
        }
    }

    /// <summary>Guarantees 2, 3, 4 and 7 between one publisher and one consumer.</summary>
    private void CheckRoute(Database publisher, Database consumer)
    {
        SimQueue queue = system.Broker.QueueOf(consumer.Service);
        HashSet<string> types = [.. system.Topology.Routes.Where(route => route.Publisher == publisher.Service && route.Consumer == consumer.Service).Select(route => route.Type)];
        Envelope[] sent = [.. publisher.Published.Where(message => types.Contains(message.Type))];
        HashSet<Guid> dead = [.. consumer.DeadLetters.Where(letter => letter.Letter.Message is not null).Select(letter => letter.Letter.Message!.Id)];
        Dictionary<Guid, int> done = consumer.Effects.Where(effect => effect.MessageId is not null).CountBy(effect => effect.MessageId!.Value).ToDictionary();
        foreach (Envelope message in sent)
        {
            int effects = done.GetValueOrDefault(message.Id);
            if (!queue.Accepted.Contains(message.Id)) _violations.Add($"reaches-every-queue: {Name(message)} never reached {consumer.Service}");
            else if (effects == 0 && !dead.Contains(message.Id)) _violations.Add($"effect-once: {Name(message)} has no effect in {consumer.Service}");
            if (effects > 1) _violations.Add($"effect-once: {Name(message)} has {effects} effects in {consumer.Service}");
            if (effects > 0 && dead.Contains(message.Id)) _violations.Add($"balance: {Name(message)} is done and among the dead letters of {consumer.Service}");
        }

        CheckOrder(consumer, sent);
    }

    private void CheckOrder(Database consumer, Envelope[] sent)
    {
        Dictionary<Guid, (int Place, Envelope Message)> places = sent.DistinctBy(message => message.Id).Index().ToDictionary(pair => pair.Item.Id, pair => (pair.Index, pair.Item));
        var last = new Dictionary<string, (int Place, Envelope Message)>();
        foreach (Effect effect in consumer.Effects)
        {
            if (effect.MessageId is not { } id || !places.TryGetValue(id, out (int Place, Envelope Message) now) || now.Message.Key is not { } key) continue;
            if (last.TryGetValue(key, out (int Place, Envelope Message) before) && before.Place > now.Place)
            {
                _violations.Add($"order-per-key: {consumer.Service} handled {Name(before.Message)} before {Name(now.Message)} of the same key");
            }

            last[key] = now;
        }
    }

    /// <summary>Guarantee 5: those that cannot be handled, and no others, are among the dead letters, each once, with reason and history.</summary>
    private void CheckDeadLetters(Database consumer, SimQueue queue)
    {
        HashSet<Guid> dead = [];
        foreach (DeadLetterRequest letter in consumer.DeadLetters.Where(letter => !letter.Outgoing).Select(letter => letter.Letter))
        {
            if (letter.Message is null)
            {
                _violations.Add("dead-letters: a message without identity");
                continue;
            }

            Envelope message = OriginalOf(letter.Message);

            if (!dead.Add(message.Id)) _violations.Add($"dead-letters: {Name(message)} is there twice in {consumer.Service}");
            if (!IsPoison(message)) _violations.Add($"dead-letters: {Name(message)} could have been handled by {consumer.Service}: {letter.Reason}");
            if (letter.Reason.Length == 0 || letter.History.Count == 0) _violations.Add($"dead-letters: {Name(message)} has no reason or no history");
        }

        foreach (SimService publisher in system.Services)
        {
            foreach (Envelope message in publisher.Database.Published)
            {
                if (queue.Accepted.Contains(message.Id) && IsPoison(message) && !dead.Contains(message.Id)) _violations.Add($"dead-letters: {Name(message)} fails for ever and is not there in {consumer.Service}");
            }
        }
    }

    /// <summary>Guarantee 6: what was scheduled fires once, not before its time.</summary>
    private void CheckSchedule(Database database)
    {
        Dictionary<Guid, int> fired = database.Firings.CountBy(firing => firing.MessageId).ToDictionary();
        foreach ((Envelope message, DateTimeOffset _, string? _) in database.Scheduled)
        {
            int times = fired.GetValueOrDefault(message.Id);
            bool cancelled = database.Cancelled.Contains(message.Id);
            if (times > 1 || (times == 1 && cancelled)) _violations.Add($"scheduled-once: {Name(message)} fired {times} times{(cancelled ? " and was taken back" : "")}");
            if (times == 0 && !cancelled) _violations.Add($"scheduled-once: {Name(message)} never fired");
        }

        foreach (ScheduleFiring firing in database.Firings) if (firing.FiredAt < firing.DueAt) _violations.Add($"scheduled-once: {firing.MessageId} fired before its time");
    }

    private static bool IsPoison(Envelope message) => DeedOf(message).IsPoison;

    /// <summary>The message as it was published: what arrived may be damaged.</summary>
    private Envelope OriginalOf(Envelope message) => system.Services.SelectMany(service => service.Database.Published).FirstOrDefault(original => original.Id == message.Id) ?? message;

    private static Deed DeedOf(Envelope message) => ((IDeedMessage)Catalogue.Decode(message)).Deed;

    private static string Name(Envelope message) => $"{message.Type} of request {DeedOf(message).Number} ({message.Key}, {message.Id})";
}

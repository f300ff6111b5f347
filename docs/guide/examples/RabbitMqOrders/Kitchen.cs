using System.Text.Json;
using Faultline.Anomalies;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace RabbitMqOrders;

/// <summary>Cooks what is ordered: each order once, whatever is delivered twice.</summary>
internal sealed class Kitchen(Broker broker, Meals meals, FaultPipeline faults) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using IChannel channel = await broker.OpenChannelAsync(stoppingToken);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) => ReceiveAsync(channel, delivery);
        await channel.BasicConsumeAsync(Broker.Queue, autoAck: false, consumer, stoppingToken);
        var stopped = new TaskCompletionSource();
        await using CancellationTokenRegistration registration = stoppingToken.Register(stopped.SetResult);
        await stopped.Task;
    }

    /// <summary>Whatever fails here is given back to the broker, and comes again.</summary>
    private async Task ReceiveAsync(IChannel channel, BasicDeliverEventArgs delivery)
    {
        CancellationToken stop = delivery.CancellationToken;
        try
        {
            if (await HandleAsync(delivery, stop)) await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false, stop);
            else await channel.BasicNackAsync(delivery.DeliveryTag, multiple: false, requeue: true, stop);
        }
        catch (FaultException)
        {
            await channel.BasicNackAsync(delivery.DeliveryTag, multiple: false, requeue: true, stop);
        }
    }

    /// <returns>Whether the broker may forget the delivery.</returns>
    private async Task<bool> HandleAsync(BasicDeliverEventArgs delivery, CancellationToken stop)
    {
        Guid id = Guid.Parse(delivery.BasicProperties.MessageId!);
        ReadOnlyMemory<byte> body = delivery.Body;
        int copies = 0;
        if (faults.IsArmed(OrderPoints.ReceiveAfter))
        {
            Passage passage = Order.PassageOf(id, body, delivery.Redelivered ? 2 : 1);
            await faults.PassAsync(OrderPoints.ReceiveAfter, passage, stop);
            if (passage.Fate == PassageFate.Lost) return false;

            (body, copies) = (passage.Body, passage.Copies);
        }

        byte[] digest = (byte[])delivery.BasicProperties.Headers![Order.DigestHeader]!;
        bool isIntact = digest.AsSpan().SequenceEqual(Order.DigestOf(body.Span));
        if (!isIntact)
        {
            if (!delivery.Redelivered) return false; // Once more, in case it changed on the last stretch; twice wrong was sent wrong.

            meals.Refuse();
            return true;
        }

        Order order = JsonSerializer.Deserialize<Order>(body.Span)!;
        for (int copy = 0; copy <= copies; copy++) meals.Cook(order);
        if (!faults.IsArmed(OrderPoints.AckBefore)) return true;

        Passage settling = Order.PassageOf(id, body, delivery.Redelivered ? 2 : 1);
        await faults.PassAsync(OrderPoints.AckBefore, settling, stop);
        return settling.Fate != PassageFate.Lost;
    }
}

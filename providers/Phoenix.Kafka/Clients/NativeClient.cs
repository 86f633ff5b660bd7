namespace Phoenix.Kafka;

/// <summary>
/// A Kafka client that several threads call. The library frees its native client at once when it is disposed, also under a call that is
/// inside, which then writes into memory that belongs to others. Here the last one to leave disposes it.
/// </summary>
/// <param name="client">The client, which nobody else disposes.</param>
internal sealed class NativeClient<T>(T client) : IDisposable where T : class, IDisposable
{
    private readonly Lock gate = new();

    // Calls inside, and one for the owner.
    private int uses = 1;
    private bool disposed;

    /// <summary>The client, for a thread that ends before the owner disposes it.</summary>
    public T Owned => client;

    /// <summary>Calls the client, which stays until the call has ended.</summary>
    /// <exception cref="ObjectDisposedException">It is gone.</exception>
    public TResult Use<TResult>(Func<T, TResult> call)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, client);
            uses++;
        }

        try
        {
            return call(client);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Lets no further call in, and disposes the client when those inside have ended. Does not wait for them.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (disposed)
                return;
            disposed = true;
        }

        Leave();
    }

    private void Leave()
    {
        lock (gate)
        {
            if (--uses > 0)
                return;
        }

        client.Dispose();
    }
}

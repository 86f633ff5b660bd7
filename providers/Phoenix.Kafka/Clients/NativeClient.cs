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
        Enter();
        try
        {
            return call(client);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Asks the client, which stays until the answer has come: a question that it takes with it is never answered.</summary>
    /// <exception cref="ObjectDisposedException">It is gone.</exception>
    public async Task<TResult> AskAsync<TResult>(Func<T, Task<TResult>> ask)
    {
        Enter();
        try
        {
            return await ask(client).ConfigureAwait(false);
        }
        finally
        {
            Leave();
        }
    }

    /// <inheritdoc cref="AskAsync{TResult}"/>
    public Task AskAsync(Func<T, Task> ask) => AskAsync(async native =>
    {
        await ask(native).ConfigureAwait(false);
        return true;
    });

    /// <summary>Lets no further call in, and disposes the client when those inside have ended. Does not wait for them.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (disposed)
                return;
            disposed = true;
            if (--uses > 0)
                return;
        }

        client.Dispose();
    }

    private void Enter()
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, client);
            uses++;
        }
    }

    private void Leave()
    {
        lock (gate)
        {
            if (--uses > 0)
                return;
        }

        // Perhaps the client's own thread is here with an answer, and the client would wait for it to end.
        _ = Task.Run(client.Dispose);
    }
}
